/** Control signals between the exec of a child and its signal handlers, when they would end it. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { exists, type Image } from "../../support/image.ts";
import { ask } from "../../support/traffic/http_client.ts";

const READY_MS = 60_000;

/** Waits for the file `go` before it becomes the real one; the tests of the conf are not held. */
function holdBack(image: Image, name: "nginx" | "gunicorn"): { path: string; begun: string } {
  const path = `${image.folder}/slow/${name}`;
  const begun = `${image.folder}/slow/${name}.begun`;
  Deno.mkdirSync(`${image.folder}/slow`, { recursive: true });
  const text = `#!/bin/sh
case " $* " in *" -T "*|*" -V "*|*" -v "*) exec ${name} "$@" ;; esac
echo > ${begun}
until test -e ${image.folder}/go; do sleep 0.05; done
exec ${name} "$@"
`;
  Deno.writeTextFileSync(path, text, { mode: 0o755 });
  return { path, begun };
}

forEachLaunch("signals before nginx has its handlers reach it later", async (harness) => {
  const image = harness.image();
  const { path, begun } = holdBack(image, "nginx");
  const launcher = await harness.start({ image, args: ["--nginx", path] });
  await until(READY_MS, "nginx's exec", () => exists(begun));

  for (const signal of ["SIGHUP", "SIGUSR1", "SIGTTIN"] as const) launcher.signal(signal);
  // gunicorn alone gets this one, and has its handlers.
  await launcher.line(/SIGTTIN: add one gunicorn worker/, READY_MS);
  assert.ok(!launcher.lines.some((line) => /SIGUSR1: |reloading: /.test(line)));
  Deno.writeTextFileSync(`${image.folder}/go`, "");

  await launcher.line(/ready in \d+ ms/, READY_MS);
  await launcher.line(/SIGUSR1: nginx and gunicorn reopen their logs/, READY_MS);
  await launcher.line(/reloading: new nginx.conf, fresh gunicorn workers/, READY_MS);
  assert.equal((await ask(image.port, "/ping")).status, 200);
});

forEachLaunch(
  "a stop before nginx has its handlers is not delayed by a reload",
  async (harness) => {
    const image = harness.image();
    const { path, begun } = holdBack(image, "nginx");
    const launcher = await harness.start({ image, args: ["--nginx", path] });
    await until(READY_MS, "nginx's exec", () => exists(begun));

    launcher.signal("SIGUSR1");
    launcher.signal("SIGTERM");

    // The file `go` is never there, so only the stop can end it.
    assert.equal((await launcher.exit(READY_MS)).code, 0);
    assert.ok(!launcher.lines.some((line) => line.includes("SIGUSR1: ")));
  },
);

forEachLaunch("signals before gunicorn has its handlers do not end it", async (harness) => {
  const image = harness.image();
  const { path, begun } = holdBack(image, "gunicorn");
  const launcher = await harness.start({ image, args: ["--gunicorn", path] });
  await until(READY_MS, "gunicorn's exec", () => exists(begun));

  for (const signal of ["SIGHUP", "SIGUSR1", "SIGTTIN", "SIGTTOU"] as const) {
    launcher.signal(signal);
    await launcher.line(new RegExp(`${signal} ignored while tandem is starting`), READY_MS);
  }
  Deno.writeTextFileSync(`${image.folder}/go`, "");

  await launcher.line(/ready in \d+ ms/, READY_MS);
  assert.equal((await ask(image.port, "/ping")).status, 200);
});
