/** `tandem serve`: checks the settings and the machine, and runs the pair. */

import { runPreflight } from "../../checks/preflight.ts";
import type { OwnPair } from "../../checks/own_pair.ts";
import { runQuickChecks } from "../../checks/quick_checks.ts";
import { type Finding, formatFinding } from "../../checks/rules/finding.ts";
import type { CommandTools } from "../../checks/timed_command.ts";
import { checkNotificationFd } from "../../checks/rules/places.ts";
import { describeServiceVariables } from "../../checks/rules/settings.ts";
import { exists } from "../../host/system/if_exists.ts";
import { openSinks } from "../../host/output/output.ts";
import { writeTerminationLog } from "../../host/output/termination_log.ts";
import { startReaper } from "../../host/process/reaper.ts";
import { listenForSignals } from "../../host/process/signals.ts";
import { stateFilePath } from "../../host/state/file.ts";
import { identifyProcess } from "../../host/state/identity.ts";
import { LockRefused } from "../../host/state/instance_lock.ts";
import { monotonicClock as clock } from "../../host/system/clock.ts";
import { ownPid } from "../../host/system/environment.ts";
import { isInherited } from "../../host/system/limits.ts";
import { type Log, openLog } from "../../log.ts";
import { EXIT } from "../../plan/exit_codes.ts";
import { type LaunchPlan, planLaunch } from "../../plan/launch_plan.ts";
import type { Invocation } from "../../plan/settings.ts";
import { LAST_OUTPUT_MS } from "../../plan/stop_times.ts";
import { openStopRequests } from "../../supervise/stop_requests.ts";
import { LastWords } from "./last_words.ts";
import { launchGunicorn } from "./launch.ts";
import { explainLock, takeSocketLock } from "./locks.ts";
import { warnOfLostLines } from "./sink_warnings.ts";

/** @returns the exit status */
export async function serve(invocation: Invocation): Promise<number> {
  const requests = openStopRequests(clock);
  listenForSignals(requests.handlers);
  const { settings } = invocation;
  const sinks = openSinks(clock, (stream) => warnOfLostLines(stream, () => log));
  const { logLevel, logFormat } = settings;
  const lastWords = new LastWords();
  const log = lastWords.recordingLog(
    openLog(logLevel, logFormat, (line) => sinks.stderr.say(line)),
  );
  const bare = planLaunch(invocation);
  const reaper = startReaper();
  const stopping = new AbortController();
  requests.stop.then(() => stopping.abort());
  const tools: CommandTools = { clock, reaper, signal: stopping.signal };
  try {
    const plan = await checkBeforeStart(bare, invocation, log, requests.killNow, tools);
    if (typeof plan === "number") return plan;
    const self = identifyProcess(ownPid());
    using _lock = await takeSocketLock(plan.socket, self, log);
    using launch = await launchGunicorn(plan, settings, log, self, requests, tools);
    if (!launch) return EXIT.configuration;
    // The app imports now, which takes longer.
    const { runPair } = await import("./run_pair.ts");
    return await runPair(plan, settings, log, requests, sinks, tools, launch);
  } catch (error) {
    if (!(error instanceof LockRefused)) throw error;
    log.error("refused", formatFinding(explainLock(error, bare, settings)));
    return EXIT.configuration;
  } finally {
    reaper.close();
    writeTerminationLog(lastWords.lines);
    await sinks.stderr.flush(LAST_OUTPUT_MS);
  }
}

/**
 * Ends the pair of a killed tandem, which would be in the way.
 * @returns what to run, or the exit status if something is wrong; nothing has been started or changed then
 */
async function checkBeforeStart(
  bare: LaunchPlan,
  invocation: Invocation,
  log: Log,
  killNow: Promise<void>,
  tools: CommandTools,
): Promise<LaunchPlan | number> {
  const { settings: { notificationFd }, strayVariables: { ofServices } } = invocation;
  // The caller has to open the descriptor, so a closed one is wrong usage and not a configuration error.
  if (notificationFd !== undefined && !isInherited(notificationFd)) {
    log.error("usage", formatFinding(checkNotificationFd(notificationFd, false)));
    return EXIT.usage;
  }
  if (ofServices.length) log.info("variables", describeServiceVariables(ofServices));
  const { stateDir } = invocation.settings;
  if (exists(stateFilePath(stateDir))) {
    const { endPredecessor } = await import("../../checks/predecessor.ts");
    const refuses = async (pair: OwnPair) => {
      const findings = await runQuickChecks(bare, invocation, {}, pair);
      return findings.some(isFailure) && logFindings(findings, log);
    };
    if (!await endPredecessor(bare, stateDir, killNow, { clock, log }, refuses)) {
      return EXIT.configuration;
    }
    // A stop that came at its end is heard in the next turn of the event loop.
    await clock.sleep(1);
  }
  const { findings, plan } = await runPreflight(bare, invocation, tools);
  return logFindings(findings, log) ? EXIT.configuration : plan;
}

/** @returns whether one is a failure */
function logFindings(findings: readonly Finding[], log: Log): boolean {
  for (const finding of findings) {
    if (finding.result === "failed") log.error("refused", formatFinding(finding));
    if (finding.result === "warning") log.warning("preflight", formatFinding(finding));
  }
  return findings.some(isFailure);
}

function isFailure({ result }: Finding): boolean {
  return result === "failed";
}
