/** tandem respects its CPU quota and affinity, and gives the children the hard limit of open files. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { makeCpuQuota } from "../../support/machine/cpu_quota.ts";
import { argumentsOf, read } from "../../support/machine/process_table.ts";

forEachLaunch("the children may open as many files as the hard limit allows", async (harness) => {
  const launcher = await harness.start({
    prefix: ["sh", "-c", 'ulimit -S -n 256; ulimit -H -n 4096; exec "$0" "$@"'],
  });
  await launcher.ready();
  const pids = [
    ...[launcher.master("nginx"), ...launcher.workers("nginx")],
    ...[launcher.master("gunicorn"), ...launcher.workers("gunicorn")],
  ];
  for (const pid of pids) {
    assert.match(read(pid, "limits") ?? "", /^Max open files +4096 +4096 /m);
  }
}, ["ordinary process"]);

/** An empty variable counts as unset. */
const UNSET = { MODEL_SERVER_WORKERS: "" };

forEachLaunch("an affinity to one CPU gives one worker", async (harness) => {
  const launcher = await harness.start({ prefix: ["taskset", "-c", "0"], env: UNSET });
  await launcher.ready();
  const words = argumentsOf(launcher.master("gunicorn"));
  assert.equal(words[words.indexOf("-w") + 1], "1");
}, ["ordinary process"]);

/** Only root with writable cgroups can set a quota. */
const isQuotaPossible = await (async () => {
  await using group = makeCpuQuota(100);
  return group !== undefined;
})();

for (const percent of [50, 100, 101]) {
  const workers = Math.min(navigator.hardwareConcurrency, Math.ceil(percent / 100));
  const title = `a CPU quota of ${percent} % gives ${workers} worker(s)`;
  if (!isQuotaPossible) {
    Deno.test.ignore(`${title}: no CPU quota can be set on this machine`, () => {});
    continue;
  }
  forEachLaunch(title, async (harness) => {
    await using group = makeCpuQuota(percent);
    const join = ["sh", "-c", `echo $$ >${group!.joinFile}; exec "$0" "$@"`];
    assert.equal(await defaultWorkers(harness, join), `${workers}`);
  }, ["ordinary process"]);
}

/** The number of workers that `config` shows for a launch with this prefix. */
async function defaultWorkers(harness: Harness, prefix: string[]): Promise<string> {
  const launcher = await harness.start({ prefix, command: ["config"], env: UNSET });
  assert.equal((await launcher.exit(5000)).code, 0);
  const line = await launcher.stdout.line(/^workers /, 0);
  const [, workers, origin] = line.split(/ {2,}/);
  assert.equal(origin, "default");
  return workers!;
}
