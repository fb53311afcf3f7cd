/** What is tried with every supervisor. */

import assert from "node:assert/strict";
import type { Edition } from "../../support/editions.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { until } from "../../support/waiting.ts";
import type { Figures, Trial } from "../platform.ts";
import { PATIENCE_MS } from "./container.ts";
import { SupervisedPair } from "./supervised_pair.ts";
import type { Supervisor } from "./supervisor.ts";

export type Action = (pair: SupervisedPair, supervisor: Supervisor) => Promise<Figures>;

/** Each with a fresh container. @param files of the image */
export function trial(
  name: string,
  supervisor: Supervisor,
  action: Action,
  { isQuick = false, files = {} }: { isQuick?: boolean; files?: Record<string, string> } = {},
): Trial {
  async function run(edition: Edition): Promise<Figures> {
    await using pair = await SupervisedPair.start(supervisor, edition, files);
    try {
      await startService(pair, supervisor);
      return await action(pair, supervisor);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${pair.story}`, { cause: error });
    }
  }
  return { name, isQuick, run };
}

/** What every supervisor has to stand. @param isQuick whether the short form in the gate runs what is quick among it */
export function usualTrials(supervisor: Supervisor, isQuick = false): Trial[] {
  return [
    trial("ready, reload, stop", supervisor, life, { isQuick }),
    trial("gunicorn is killed", supervisor, gunicornKilled),
    trial("tandem is killed", supervisor, tandemKilled, { isQuick }),
  ];
}

/** @param attempts at most; then the supervisor has given up */
export function brokenConfTrial(supervisor: Supervisor, attempts: number): Trial {
  return trial("a broken nginx.conf", supervisor, brokenConf(attempts), { files: BROKEN_CONF });
}

/** Does not wait: some supervisors' start command returns when the pair is ready. */
async function startService({ container }: SupervisedPair, { start }: Supervisor): Promise<void> {
  if (!start) return;
  const isStarted = container.run(...start);
  isStarted.catch(() => {});
  const hasBegun = () => container.find("gunicorn").length > 0 ? "begun" : undefined;
  await Promise.race([isStarted, until(PATIENCE_MS, "the start", hasBegun)]);
}

/** Ready only when the pair answers; a reload; a stop with requests in flight. */
const life: Action = async (pair, supervisor) => {
  const { container } = pair;
  await until(PATIENCE_MS, "gunicorn", () => container.find("gunicorn").length > 1);
  assert.equal(await supervisor.isReady(container), false, "not ready before the app is imported");
  await pair.serve();

  const old = await pair.worker();
  const reload = await container.run(...supervisor.reload);
  assert.equal(reload.code, 0, reload.output);
  await until(PATIENCE_MS, "a fresh worker", async () => await pair.worker() !== old);

  const processes = [pair.tandem(), ...pair.masters()];
  const requests = await pair.requestsInFlight();
  const stop = container.run(...supervisor.stop);
  await pair.finishRequests();
  const figures = await requests.allAnswered();
  const { code, output } = await stop;
  assert.equal(code, 0, output);
  await pair.areGone(processes);
  await pair.hasExitedWith(0);
  pair.logIsWhole();
  return { ...figures, remarks: "exit 0" };
};

/** @param signal makes the supervisor end, and its services first */
export function end(signal: Deno.Signal): Action {
  return async (pair) => {
    await pair.serve();
    const requests = await pair.requestsInFlight();
    pair.container.signalSupervisor(signal);
    await pair.finishRequests();
    const figures = await requests.allAnswered();
    const status = await pair.container.ended();
    const isEmpty = () => pair.container.processes().length === 0;
    await until(PATIENCE_MS, "the end of all processes", isEmpty);
    pair.logIsWhole();
    return { ...figures, remarks: `supervisor's exit ${status}, no process left` };
  };
}

const gunicornKilled: Action = async (pair) => {
  await pair.serve();
  const [nginx, gunicorn] = pair.masters();
  killByPid(gunicorn!, "SIGKILL");
  await pair.hasExitedWith(137);
  await pair.areGone([nginx!, gunicorn!]);
  await pair.isReady();
  return { remarks: "137 seen, restarted" };
};

const tandemKilled: Action = async (pair) => {
  await pair.serve();
  const old = [pair.tandem(), ...pair.masters()];
  killByPid(old[0]!, "SIGKILL");
  await pair.areGone(old);
  await pair.isReady();
  assert.equal(pair.container.find("nginx").length, 2, "one master with one worker");
  assert.equal(pair.container.find("gunicorn").length, 2, "one master with one worker");
  return { remarks: "nothing of the old pair left, restarted" };
};

/** Files for `brokenConf`. */
export const BROKEN_CONF = { "/opt/program/nginx.conf": "no_such_directive on;\n" };

/** @param most how often the supervisor tries at most */
function brokenConf(most: number): Action {
  return async (pair, supervisor) => {
    pair.container.write("/run/import", "");
    await until(
      PATIENCE_MS,
      "the supervisor to give up",
      () => supervisor.hasGivenUp(pair.container),
    );
    const log = supervisor.log(pair.container);
    const starts = log.split("\n").filter((line) => /; exit 78$/.test(line)).length;
    assert.ok(starts >= 1 && starts <= most, `${starts} starts`);
    assert.equal((await supervisor.exitStatuses(pair.container)).at(-1), 78);
    return {
      remarks: most === 1 ? "78 seen, not tried again" : `78 seen, given up after ${starts}`,
    };
  };
}
