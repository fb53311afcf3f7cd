/** What the kernel kills for want of memory is said, where the operator looks: the log, `status`, the last line. */

import assert from "node:assert/strict";
import { type Edition, editions } from "../../support/editions.ts";
import { type Harness, onHarness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { type ControlGroup, makeControlGroup } from "../../support/machine/control_group.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";

const LIMIT = 400 * 1024 ** 2;
const limits = {
  1: { "memory.limit_in_bytes": `${LIMIT}` },
  2: { "memory.max": `${LIMIT}`, "memory.swap.max": "0" },
};

/** Takes more memory than the group has, and keeps it in use. */
const GREEDY = `
def app(environ, start_response):
    if environ["PATH_INFO"] == "/invocations":
        bytearray(b"x") * ${2 * LIMIT}
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
`;

const canMakeGroups = await canMakeGroup();

const SAID = /out of memory: limit 400 MiB, 1 kill: raise the limit, or run fewer workers/;

async function serveUntilKilled(harness: Harness, group: ControlGroup, logs: string) {
  const join = `echo $$ > ${group.joinFile} && exec "$0" "$@"`;
  const launcher = await harness.start({
    ...{ app: GREEDY, args: ["--logs", logs], prefix: ["sh", "-c", join] },
  });
  await launcher.ready();
  const [worker] = launcher.workers("gunicorn");
  await ask(launcher.image.port, "/invocations").catch(() => {});
  await until(20_000, "another worker", () => {
    const [other] = launcher.workers("gunicorn");
    return other !== undefined && other !== worker;
  });
  return { launcher, worker };
}

async function stop(launcher: Launcher): Promise<void> {
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(30_000)).code, 0);
  const last = launcher.stderr.lines.findLast((line) => /stopped: /.test(line)) ?? "";
  assert.match(last, /SIGTERM; out of memory: limit 400 MiB, 1 kill/);
}

forEachGroup("a worker killed for memory is a warning, and counted", async (harness, group) => {
  const { launcher, worker } = await serveUntilKilled(harness, group, "prefix");
  const line = await launcher.line(/tandem: warning: gunicorn worker/);
  assert.match(line, new RegExp(`gunicorn worker ${worker} was killed by SIGKILL: out of memory`));
  assert.match(line, SAID);
  const status = await until(5000, "the count in the state", async () => {
    const status = JSON.parse(await statusOf(launcher, "--json"));
    return status.workerDeaths === 1 ? status : undefined;
  });
  assert.equal(status.memory.kills, 1);
  assert.ok(status.events.some(({ event }: { event: string }) => event === "worker-died"));
  await stop(launcher);
});

forEachGroup("with inherited output, status and the last line say it", async (harness, group) => {
  const { launcher } = await serveUntilKilled(harness, group, "inherit");
  await launcher.line(/gunicorn worker \d+ (was killed by SIGKILL|died): out of memory: limit/);
  assert.match(await statusOf(launcher), SAID);
  const { memory, workerDeaths } = JSON.parse(await statusOf(launcher, "--json"));
  assert.equal(memory.kills, 1);
  // A group's limit is in whole pages.
  assert.ok(Math.abs(memory.limitBytes - LIMIT) < 65_536);
  assert.equal(workerDeaths, 1);
  await stop(launcher);
});

/** gunicorn's master takes the memory, and so is the process that the kernel chooses. */
const GREEDY_MASTER = `def child_exit(server, worker):
    bytearray(b"x") * ${2 * LIMIT}
`;

forEachGroup("a master killed for memory ends the run and is said", async (harness, group) => {
  const image = harness.image();
  Deno.writeTextFileSync(`${image.program}/greedy.py`, GREEDY_MASTER);
  const launcher = await harness.start({
    image,
    args: ["--log-format", "json", "--logs", "inherit", "--", "--config", "greedy.py"],
    prefix: ["sh", "-c", `echo $$ > ${group.joinFile} && exec "$0" "$@"`],
  });
  await launcher.line(/"event":"ready"/);
  const [worker] = launcher.workers("gunicorn");
  killByPid(worker!, "SIGKILL");
  assert.equal((await launcher.exit(40_000)).code, 137);
  const last = JSON.parse(launcher.stderr.lines.findLast((line) => line.startsWith("{")) ?? "");
  const { event, cause, child, childSignal, status, memoryKills, message } = last;
  assert.deepEqual({ event, cause, child, childSignal, status, memoryKills }, {
    ...{ event: "stopped", cause: "out-of-memory", child: "gunicorn", childSignal: "SIGKILL" },
    ...{ status: 137, memoryKills: 1 },
  });
  assert.match(
    message,
    /gunicorn was killed by SIGKILL: out of memory; .*limit 400 MiB.*; exit 137$/,
  );
});

async function statusOf({ edition, image }: Launcher, ...flags: string[]): Promise<string> {
  const args = ["status", "--state-dir", image.state, ...flags];
  const { stdout } = await new Deno.Command(edition.path, { args }).output();
  return new TextDecoder().decode(stdout);
}

function forEachGroup(
  promise: string,
  test: (harness: Harness, group: ControlGroup) => Promise<void>,
): void {
  for (const edition of editions) {
    Deno.test({
      name: `${promise} (${edition.name})`,
      ignore: !canMakeGroups,
      fn: () => inGroup(edition, test),
    });
  }
}

async function inGroup(
  edition: Edition,
  test: (harness: Harness, group: ControlGroup) => Promise<void>,
): Promise<void> {
  await using group = makeControlGroup("memory", limits);
  assert.ok(group);
  await onHarness(edition, "ordinary process", (harness) => test(harness, group));
}

async function canMakeGroup(): Promise<boolean> {
  await using group = makeControlGroup("memory", limits);
  return group !== undefined;
}
