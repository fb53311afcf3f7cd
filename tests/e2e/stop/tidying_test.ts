/** Tidying up can warn, but never changes the exit status; and no last line waits for a reader for long. */

import assert from "node:assert/strict";
import { BOTH_MODES, forEachLaunch } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";

const ONCE = ["ordinary process"] as const;
/** An idle pair exits within 1.5 s; the last output may take 2 s, and the rest is for a busy machine. */
const STOP_MS = 10_000;

/** Root with the rights that hardened containers leave it: it may not write to the folders of others. */
const HARDENED = [
  "setpriv",
  "--bounding-set=-all,+chown,+setuid,+setgid,+net_bind_service",
  "--inh-caps=-all",
];

/** The state folder is a mount of its own. */
function withStateMount({ state }: Image): string[] {
  Deno.mkdirSync(state);
  const mount = `mount -t tmpfs -o mode=0755 tmpfs ${state} && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", mount, "sh", ...HARDENED];
}

async function makeReadOnly({ pid, image }: Launcher): Promise<void> {
  const args = [`--target=${pid}`, "--mount", "mount", "-o", "remount,ro", image.state];
  // Fails as long as a file is open for writing, as the state file can be.
  await until(SCHEDULING_MS, "a read-only state folder", async () => {
    const { success } = await new Deno.Command("nsenter", { args, stderr: "null" }).output();
    return success;
  });
}

/** Its stderr is a pipe that is full, and that nobody reads: the command itself holds the other end. */
const WITH_FULL_STDERR = [
  "python3",
  "-c",
  "import os, sys; r, w = os.pipe(); os.set_inheritable(r, True); os.set_blocking(w, False)\n" +
  "try:\n while True: os.write(w, b'x' * 4096)\n" +
  "except BlockingIOError: os.set_blocking(w, True)\n" +
  "os.dup2(w, 2); os.close(w); os.execvp(sys.argv[1], sys.argv[1:])",
];

for (const what of ["the built-in conf", "a conf of the user's"]) {
  forEachLaunch(
    `files that cannot be removed give a warning: ${what}`,
    async (harness) => {
      const image = harness.image();
      const { state, port } = image;
      const command = ["demo", "--port", `${port}`, "--state-dir", state];
      const launcher = await harness.start({
        image,
        prefix: withStateMount(image),
        ...what === "the built-in conf" ? { command } : {},
      });
      await launcher.ready();
      await makeReadOnly(launcher);
      launcher.signal("SIGTERM");
      assert.equal((await launcher.exit(STOP_MS)).code, 0);
      await launcher.line(/warning: cannot tidy up .*read-only file system: remove it by hand/, 0);
      assert.deepEqual(launcher.lines.filter((line) => /internal error|^ {4}at /.test(line)), []);
      if (what === "the built-in conf") {
        await launcher.line(/cannot tidy up \S+\/tandem-nginx: /, 0);
      }
    },
    BOTH_MODES,
    { root: true },
  );
}

forEachLaunch(
  "a stop that can neither tidy up nor say so ends in time",
  async (harness) => {
    const image = harness.image();
    const launcher = await harness.start({
      image,
      // With a relay, gunicorn does not wait for the reader.
      args: ["--logs", "json"],
      prefix: [...withStateMount(image), ...WITH_FULL_STDERR],
    });
    await until(20_000, "an answer", async () => {
      assert.ok(launcher.isRunning);
      return (await ask(image.port, "/ping").catch(() => undefined))?.status === 200;
    });
    await makeReadOnly(launcher);
    launcher.signal("SIGTERM");
    assert.equal((await launcher.exit(STOP_MS)).code, 0);
  },
  BOTH_MODES,
  { root: true },
);

forEachLaunch(
  "with the rights of a hardened container, nothing is left",
  async (harness) => {
    const image = harness.image();
    const command = ["demo", "--port", `${image.port}`, "--state-dir", image.state];
    const launcher = await harness.start({ image, command, prefix: HARDENED });
    await launcher.ready();
    launcher.signal("SIGTERM");
    assert.equal((await launcher.exit(STOP_MS)).code, 0);
    assert.deepEqual(launcher.lines.filter((line) => /warning|error/.test(line)), []);

    const flags = ["--port", `${image.port}`, "--socket", image.socket, "--state-dir", image.state];
    const check = await harness.start({ image, command: ["check", ...flags], prefix: HARDENED });
    assert.notEqual((await check.exit(20_000)).code, 70);
  },
  BOTH_MODES,
  { root: true },
);

/** An error that no command expects. */
const ONTO_A_FULL_DISK = ["sh", "-c", 'exec "$@" >/dev/full', "sh"];

const commands: [what: string, command: string[], status: number, prefix?: string[]][] = [
  ["a usage error", ["serve", "--no-such-flag"], 64],
  ["a refused start", ["serve", "--nginx", "/no/such/nginx", "--state-dir", "/no/such"], 78],
  ["an internal error", ["config"], 70, ONTO_A_FULL_DISK],
  ["status", ["status", "--state-dir", "/no/such"], 1],
  ["stop", ["stop", "--state-dir", "/no/such"], 1],
  ["reload", ["reload", "--state-dir", "/no/such"], 1],
  ["health", ["health", "--state-dir", "/no/such", "--port", "1"], 1],
  ["nginx-conf", ["nginx-conf", "--nginx-conf", "/no/such"], 78],
];

for (const [what, command, status, prefix = []] of commands) {
  forEachLaunch(`a last line that nobody reads does not hold up ${what}`, async (harness) => {
    const launcher = await harness.start({ command, prefix: [...WITH_FULL_STDERR, ...prefix] });
    assert.equal((await launcher.exit(STOP_MS)).code, status);
  }, ONCE);
}
