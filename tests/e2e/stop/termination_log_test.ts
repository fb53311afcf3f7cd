/** The summary of a run and its errors are left where Kubernetes looks for them, if the file is there. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import type { LaunchOptions } from "../../support/launcher.ts";
import {
  type TerminationLogOptions,
  withTerminationLog,
} from "../../support/machine/termination_log.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";

const LONG_MS = 60_000;
const AS_PID_1 = ["PID 1"] as const;

interface Log {
  image: Image;
  prefix: string[];
  text(): string;
}

function terminationLog(harness: Harness, options: TerminationLogOptions = {}): Log {
  const image = harness.image();
  const [dev, file] = [`${image.folder}/dev`, `${image.folder}/termination-log`];
  Deno.mkdirSync(dev);
  Deno.writeTextFileSync(file, "");
  const prefix = withTerminationLog(dev, file, options);
  return { image, prefix, text: () => Deno.readTextFileSync(file) };
}

async function ended(harness: Harness, log: Log, options: LaunchOptions): Promise<number> {
  const launcher = await harness.start({ ...log, ...options });
  return (await launcher.exit(LONG_MS)).code;
}

forEachLaunch("termination log: the summary of a requested stop", async (harness) => {
  const log = terminationLog(harness);
  const launcher = await harness.start({ ...log, args: ["--log-level", "error"] });
  // No line says that it is ready at this level.
  await until(
    LONG_MS,
    "an answer",
    () => ask(log.image.port, "/ping").then(({ status }) => status === 200, () => false),
  );
  assert.equal(log.text(), "", "nothing is written before the end");
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(LONG_MS)).code, 0);
  assert.match(log.text(), /^stopped: SIGTERM; .*; exit 0\n$/);
});

forEachLaunch("termination log: a child that ended by itself", async (harness) => {
  const log = terminationLog(harness);
  const launcher = await harness.start({ ...log });
  await launcher.line(/ready in \d+ ms/, LONG_MS);
  killByPid(launcher.master("gunicorn"), "SIGKILL");
  assert.equal((await launcher.exit(LONG_MS)).code, 137);
  assert.match(log.text(), /^stopped: gunicorn was killed by SIGKILL.*; exit 137\n$/);
}, AS_PID_1);

forEachLaunch("termination log: why a start was refused", async (harness) => {
  const log = terminationLog(harness);
  assert.equal(await ended(harness, log, { args: ["--chdir", "/no/such/folder"] }), 78);
  assert.match(log.text(), /^there is no folder \/no\/such\/folder: .*\n$/);
});

forEachLaunch("termination log: nginx rejects its conf", async (harness) => {
  const log = terminationLog(harness);
  Deno.writeTextFileSync(log.image.nginxConf, "no_such_directive;");
  assert.equal(await ended(harness, log, {}), 78);
  assert.match(log.text(), /^stopped: .*unknown directive "no_such_directive".*; exit 78\n$/);
}, AS_PID_1);

forEachLaunch("termination log: a wrong setting, only as PID 1", async (harness) => {
  const log = terminationLog(harness);
  assert.equal(await ended(harness, log, { env: { TANDEM_WORKERS: "many" } }), 64);
  const line = /^TANDEM_WORKERS: "many" is not .*\n$/;
  if (harness.mode === "PID 1") assert.match(log.text(), line);
  else assert.equal(log.text(), "");
});

forEachLaunch(
  "termination log: at most what Kubernetes takes, cut between characters",
  async (harness) => {
    const log = terminationLog(harness);
    // An odd number of bytes, and then two for each character.
    const chdir = `/x${"ä".repeat(4000)}`;
    assert.equal(await ended(harness, log, { args: ["--chdir", chdir] }), 78);
    assert.ok(/^there is no folder \/xä+$/.test(log.text()), log.text().slice(0, 40));
    assert.equal(new TextEncoder().encode(log.text()).length, 4095);
  },
  AS_PID_1,
);

forEachLaunch("termination log: one that cannot be written changes nothing", async (harness) => {
  const log = terminationLog(harness, { readOnly: true });
  const launcher = await harness.start({ ...log });
  await launcher.line(/ready in \d+ ms/, LONG_MS);
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(LONG_MS)).code, 0);
  assert.equal(log.text(), "");
  assert.match(launcher.lines.join("\n"), /stopped: SIGTERM; .*; exit 0/);
  assert.doesNotMatch(launcher.lines.join("\n"), /termination|error/);
}, AS_PID_1);

forEachLaunch("termination log: a file behind a link is left alone", async (harness) => {
  const log = terminationLog(harness, { isLink: true });
  assert.equal(await ended(harness, log, { args: ["--chdir", "/no/such/folder"] }), 78);
  assert.equal(log.text(), "");
}, AS_PID_1);
