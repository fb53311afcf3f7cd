/** One pair under soak: its control group, its load, its samples and its stop. */

import assert from "node:assert/strict";
import type { Edition } from "../../support/editions.ts";
import { type Harness, onHarness } from "../../support/harness.ts";
import type { Launcher, Mode } from "../../support/launcher.ts";
import { type CpuQuota, makeCpuQuota } from "../../support/machine/cpu_quota.ts";
import { pause, SCHEDULING_MS, until } from "../../support/waiting.ts";
import { soakActions, type SoakCounts, WORKERS } from "./actions.ts";
import { SOAK_APP, SoakClient } from "./client.ts";
import { assertFlat, compareThirds, type Sample, takeSample } from "./samples.ts";

/** Of the whole tree, as the CPU limit of a container is. */
export const CPU_PERCENT = 5;

export interface SoakResult extends SoakCounts {
  edition: string;
  mode: Mode;
  requests: number;
  /** The app's lines, one for each request. */
  lines: number;
  slowestMs: number;
  stopMs: number;
  /** The share of the control group's periods in which it had to wait for the next one. */
  throttled: number;
  first: Sample;
  last: Sample;
}

/** From one action to the next, in milliseconds; a sample precedes each. */
const INTERVAL_MS = 5000;
const START_MS = 120_000;
const GRACE_MS = 25_000;

export async function soak(
  edition: Edition,
  mode: Mode,
  milliseconds: number,
): Promise<SoakResult> {
  await using group = makeCpuQuota(CPU_PERCENT);
  assert.ok(group, "a control group with a CPU quota, which takes root and the cpu controller");
  const { promise, resolve } = Promise.withResolvers<SoakResult>();
  await onHarness(edition, mode, async (harness) => {
    resolve(await soakOne(harness, group, milliseconds));
  });
  return await promise;
}

async function soakOne(
  harness: Harness,
  group: CpuQuota,
  milliseconds: number,
): Promise<SoakResult> {
  const launcher = await harness.start({
    app: SOAK_APP,
    args: ["--workers", `${WORKERS}`, "--logs", "json", "--log-format", "json"],
    // 0 is the writer itself, in whatever pid namespace it is.
    prefix: ["sh", "-c", `echo 0 > ${group.joinFile} && exec "$0" "$@"`],
  });
  await launcher.line(/"event":"ready"/, START_MS);
  const client = new SoakClient(launcher.image.port);
  const counts: SoakCounts = { reloads: 0, workerDeaths: 0, orphans: 0 };

  const samples: Sample[] = [];
  const end = performance.now() + milliseconds;
  for (let turn = 0; performance.now() < end; turn++) {
    await pause(INTERVAL_MS);
    await client.check();
    samples.push(takeSample(launcher.pid));
    await soakActions[turn % soakActions.length]!({ launcher, client, counts });
  }
  const { first, last } = compareThirds(samples);
  const throttled = readThrottled(group);

  const { numbers, answers } = await client.finish();
  await until(START_MS, "the last requests at the app", () => {
    const arrived = new Set(arrivedAt(launcher));
    return numbers.every((number) => arrived.has(number));
  });
  const askedAt = performance.now();
  launcher.signal("SIGTERM");
  const exit = await launcher.exit(GRACE_MS + SCHEDULING_MS);
  await answers;
  assert.equal(exit.code, 0, "the status of the stop");
  const lines = arrivedAt(launcher).sort((a, b) => a - b);
  assert.deepEqual(lines, lines.map((_, index) => index), "each request has one line");
  assert.equal(lines.length, client.answered);
  assertFlat(first, last);
  return {
    ...{ edition: harness.edition.name, mode: harness.mode, ...counts, first, last, throttled },
    ...{ requests: client.answered, lines: lines.length, slowestMs: client.slowestMs },
    stopMs: exit.at - askedAt,
  };
}

/** The numbers of the requests that the app has said. */
function arrivedAt({ stdout }: Launcher): number[] {
  return stdout.lines.flatMap((line) => {
    const number = /"message":"request n=(\d+)"/.exec(line)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

function readThrottled({ joinFile }: CpuQuota): number {
  const stat = Deno.readTextFileSync(joinFile.replace(/[^/]+$/, "cpu.stat"));
  const number = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1]);
  return number("nr_throttled") / number("nr_periods");
}
