/** Gives the notifier of systemd the run that it tells about; loaded only if systemd asks. */

import { getStatus } from "../../host/net/http.ts";
import type { NotifyRequest } from "../../host/net/notify.ts";
import { NotifySocket, sendDatagram } from "../../host/net/notify_socket.ts";
import { readStat } from "../../host/process/stat.ts";
import { findFreshWorkers, readWorkers } from "../../host/state/fresh_workers.ts";
import type { Clock } from "../../host/system/clock.ts";
import { monotonicMicroseconds } from "../../host/system/kernel_clock.ts";
import type { Log } from "../../log.ts";
import type { LaunchPlan } from "../../plan/launch_plan.ts";
import { importLimit } from "../../plan/reload_times.ts";
import type { Probe } from "../readiness.ts";
import type { RunRecord } from "../run_record.ts";
import { SystemdNotifier } from "./systemd_notifier.ts";
import { feedWatchdog } from "./watchdog.ts";

const POLL_MS = 50;

export function openSystemdNotifier(
  { socket, watchdog, mainPid }: NotifyRequest,
  { deadlines }: LaunchPlan,
  record: RunRecord,
  { clock, log }: { clock: Clock; log: Log },
): SystemdNotifier {
  /** At the address that answered when the pair became ready. */
  const probe: Probe = async (signal, onConnected) => {
    const ready = record.state?.ready;
    return ready ? await getStatus(ready.address, ready.path, signal, onConnected) : 200;
  };

  return new SystemdNotifier({
    ...{ clock, deadlines, mainPid, monotonicMicroseconds },
    socket: new NotifySocket((text) => sendDatagram(socket, text), clock),
    describeProgress: () => record.progressText(),
    describeStop: () => record.state?.stopCause ?? "",
    watchReload() {
      const before = readWorkers(record.state ?? {});
      const begin = clock.now();
      return async (signal) => {
        const elapsed = () => clock.now() - begin;
        const isDone = async () =>
          record.state && await findFreshWorkers(record.state, before, elapsed(), clock);
        while (elapsed() < importLimit(record.firstImport) && !await isDone()) {
          await clock.sleep(POLL_MS, signal);
        }
      };
    },
    feedWatchdog: watchdog === undefined
      ? undefined
      : (ping, signal) => feedWatchdog(watchdog, { clock, log, probe, ping, findStopped }, signal),
  });

  function findStopped(): string | undefined {
    const { nginx, gunicorn } = record.state ?? {};
    const stopped = Object.entries({ nginx, gunicorn })
      .filter(([, master]) => master && readStat(master.pid)?.state === "T")
      .map(([name, master]) => `${name} (pid ${master?.pid})`);
    return stopped.length ? `${stopped.join(" and ")} is stopped by a signal` : undefined;
  }
}
