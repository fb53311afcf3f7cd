/** tandem tells the init system when the pair is ready; the children cannot. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { exists } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { OutputLines } from "../../support/output_lines.ts";
import { fixtures } from "../../support/paths.ts";
import { environmentOf } from "../../support/machine/process_table.ts";

forEachLaunch(
  "systemd gets READY=1 and STOPPING=1, and the children get no NOTIFY_SOCKET",
  async (harness) => {
    const image = harness.image({ app: "slow_import.py" });
    const path = `${image.folder}/notify`;
    await using systemd = listen(path);
    await systemd.datagrams.line(/listening/, 5000);
    const launcher = await harness.start({
      image,
      env: { NOTIFY_SOCKET: path, IMPORT_SECONDS: "1" },
    });
    await launcher.line(/Booting worker/);
    assert.deepEqual(systemd.datagrams.lines, ["listening"]);
    await launcher.ready();
    await systemd.datagrams.line(/^READY=1$/, 5000);
    for (const pid of gunicornsOf(launcher)) {
      const variables = environmentOf(pid).map((variable) => variable.split("=")[0]);
      assert.ok(variables.includes("IMPORT_SECONDS"));
      assert.ok(!variables.includes("NOTIFY_SOCKET"));
    }
    launcher.signal("SIGTERM");
    await launcher.exit(5000);
    await systemd.datagrams.line(/^STOPPING=1$/, 5000);
    assert.deepEqual(systemd.datagrams.lines, ["listening", "READY=1", "STOPPING=1"]);
  },
);

forEachLaunch(
  "--notification-fd gets one newline, and the children do not inherit it",
  async (harness) => {
    const image = harness.image({ app: "slow_import.py" });
    const errors = `${image.folder}/errors`;
    const launcher = await harness.start({
      image,
      env: { IMPORT_SECONDS: "1" },
      args: ["--notification-fd", "3", "--no-log-links"],
      // Descriptor 3 is the pipe that this test reads as stdout; stdout itself goes to /dev/null.
      prefix: ["sh", "-c", 'exec "$@" 3>&1 1>/dev/null 2>"$0"', errors],
    });
    const says = (text: string) => () =>
      exists(errors) && Deno.readTextFileSync(errors).includes(text);
    await until(5000, "a booting worker", says("Booting worker"));
    const pipe = Deno.readLinkSync(`/proc/${launcher.pid}/fd/3`);
    assert.deepEqual(launcher.stdout.lines, []);
    await until(5000, "the ready line", says("tandem: ready in"));
    await launcher.stdout.line(/^$/, 5000);
    assert.deepEqual(launcher.stdout.lines, [""]);
    for (const { pid } of launcher.family()) {
      const held = [...Deno.readDirSync(`/proc/${pid}/fd`)]
        .map(({ name }) => Deno.readLinkSync(`/proc/${pid}/fd/${name}`));
      assert.ok(!held.includes(pipe), "tandem has closed it, and no child has it");
    }
  },
);

function gunicornsOf(launcher: Launcher): number[] {
  return [launcher.master("gunicorn"), ...launcher.workers("gunicorn")];
}

/** A datagram socket like systemd's, whose datagrams become lines. */
function listen(path: string) {
  const process = new Deno.Command("python3", {
    args: [`${fixtures}/datagrams.py`, path],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const datagrams = new OutputLines(process.stdout);
  return {
    datagrams,
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await Promise.all([process.status, datagrams.closed]);
    },
  };
}
