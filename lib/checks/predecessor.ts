/** Ends the pair of a tandem that was killed, so that a supervisor's restart does not find its port and socket in use. */

import type { Child } from "../host/process/child.ts";
import { sendSignal, type SignalOutcome } from "../host/process/signals.ts";
import { listPids, readStat, readStatOfAny } from "../host/process/stat.ts";
import { stateFilePath } from "../host/state/file.ts";
import { inspectStateFolder } from "../host/state/folder.ts";
import { isAlive, livenessOf, readBootId } from "../host/state/identity.ts";
import { findInstance } from "../host/state/instance.ts";
import type { ProcessIdentity } from "../host/state/schema.ts";
import type { Clock } from "../host/system/clock.ts";
import type { Log } from "../log.ts";
import type { ChildPlan, LaunchPlan } from "../plan/launch_plan.ts";
import type { SignalName } from "../plan/signals.ts";
import { drain } from "../supervise/drain.ts";
import type { OwnPair } from "./own_pair.ts";

const CHECK_MS = 50;

/**
 * The slim edition's children are stopping by themselves then, which takes a moment; those of the Deno edition serve on.
 * They are found by the state file, and drained as if tandem had been asked to stop.
 * @param killNow the third stop signal
 * @param refuses whether something else than that pair prevents the start; then the pair is left serving
 * @returns false if so
 */
export async function endPredecessor(
  plan: LaunchPlan,
  stateDir: string,
  killNow: Promise<void>,
  { clock, log }: { clock: Clock; log: Log },
  refuses: (pair: OwnPair) => Promise<boolean>,
): Promise<boolean> {
  // Another user could have written a file that names any process.
  if (inspectStateFolder(stateDir).kind !== "writable") return true;
  const found = findInstance(stateDir);
  if (found.kind !== "stale") return true;
  // Its lock file can have been removed while it runs.
  if (livenessOf(found.state) !== "gone") return true;
  // After a reboot, any process can have a pid and a start that the file names.
  const { bootId } = found.state;
  if (bootId === undefined || bootId !== readBootId()) return true;
  const nginx = adopt(plan.nginx, found.state.nginx, clock);
  const gunicorn = adopt(plan.gunicorn, found.state.gunicorn, clock);
  const left = [nginx, gunicorn].flatMap((child) =>
    child ? `${child.name} (pid ${child.pid})` : []
  );
  if (left.length === 0) return true;
  if (await refuses(found.state)) return false;
  const { pid } = found.state;
  log.warning(
    "predecessor",
    `tandem (pid ${pid}) was killed and left ${left.join(" and ")} (${stateFilePath(stateDir)}): ` +
      "stopping that first",
  );
  const never = new Promise<void>(() => {});
  await drain({ nginx, gunicorn }, { ...plan.deadlines, drainDelay: 0 }, {
    ...{ clock, log, skipDelay: never, killNow, onStep: () => {} },
    // They belong to PID 1 or to a subreaper.
    orphans: { list: () => [], signal: () => "gone", change: () => never },
  });
  return true;
}

/** `undefined` if it has exited. */
function adopt(
  { name, stopSignal }: ChildPlan,
  identity: ProcessIdentity | undefined,
  clock: Clock,
): Child | undefined {
  if (!identity || !isAlive(identity)) return undefined;
  const { pid, startTicks } = identity;
  // tandem makes each child the leader of a group.
  if (readStat(pid)?.group !== pid) return undefined;
  let hasGone = false;
  const signal: Child["signal"] = (name) => send(isAlive(identity) ? pid : -pid, name);

  const gone = (async () => {
    while (!isGone()) await clock.sleep(CHECK_MS);
  })();
  /** A zombie's parent may never reap it. */
  function isGone(): boolean {
    // Once all have exited, the kernel can give the number to another process, and to its group.
    const leader = readStatOfAny(pid);
    hasGone ||= (leader !== undefined && leader.startTicks !== startTicks) ||
      !listPids().some((member) => readStat(member)?.group === pid);
    return hasGone;
  }

  function send(to: number, name: SignalName): SignalOutcome {
    return isGone() ? "gone" : sendSignal(to, name);
  }

  return {
    ...{ name, pid, stopSignal, signal, gone },
    status: gone.then(() => ({ code: 0, signal: null })),
    handles: () => true,
    wasStoppedByOther: false,
    get isGone() {
      return isGone();
    },
    signalGroup: (name) => send(-pid, name),
  };
}
