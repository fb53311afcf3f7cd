/** Rules on whether a stop gets the time that it may take. */

import { lastFlagNumber } from "../../plan/gunicorn_arguments.ts";
import type { Deadlines, LaunchPlan } from "../../plan/launch_plan.ts";
import { type Platform, platforms } from "../../plan/platforms.ts";
import { AFTER_GRACE_MS } from "../../plan/stop_times.ts";
import { formatSeconds } from "./conf.ts";
import { type Finding, ok, warning } from "./finding.ts";

const AFTER_GRACE_S = AFTER_GRACE_MS / 1000;
/** @param platform on which tandem runs; `undefined` if that is not known */
export function checkStopBudget({ deadlines }: LaunchPlan, platform?: Platform): Finding {
  const longest = deadlines.grace / 1000 + AFTER_GRACE_S;
  const found = `a stop may take ${
    formatSeconds(longest)
  } (--grace-period and ${AFTER_GRACE_S} s more)`;
  const limit = platform ? platform.stopTimeout ?? Infinity : platforms.kubernetes.stopTimeout!;
  if (longest <= limit) return ok("stop", `${found}; ${describeWait(platform)}`);
  const shorten = `set --grace-period to ${limit - AFTER_GRACE_S} or less`;
  if (!platform) {
    return warning(
      "stop",
      `${found}, but Kubernetes and SageMaker kill after ${limit} s and docker stop after ${platforms.docker.stopTimeout} s`,
      `${shorten}, or raise the platform's limit (terminationGracePeriodSeconds, docker stop -t)`,
    );
  }
  const { title, setBy, longest: most = Infinity } = platform;
  const tooLong = `${found}, but ${title} kills after ${limit} s`;
  if (setBy === undefined) return warning("stop", tooLong, shorten);
  return warning(
    "stop",
    `${tooLong} unless ${setBy} is set`,
    longest <= most
      ? `set ${setBy} to ${Math.ceil(longest)} or more, or ${shorten}`
      : `set ${setBy} to ${most}, and --grace-period to ${most - AFTER_GRACE_S} or less`,
  );
}

function describeWait(platform: Platform | undefined): string {
  const { kubernetes, docker } = platforms;
  if (!platform) {
    return `Kubernetes and SageMaker wait ${kubernetes.stopTimeout} s, ` +
      `docker stop ${docker.stopTimeout} s unless -t is set`;
  }
  const { title, stopTimeout, setBy } = platform;
  const time = stopTimeout === undefined ? "until it is over" : `${stopTimeout} s`;
  return `${title} waits ${time}${setBy === undefined ? "" : ` unless ${setBy} is set`}`;
}

/** gunicorn's default, in seconds. */
const DEFAULT_GRACEFUL_TIMEOUT = 30;

/** A --graceful-timeout among gunicorn's own arguments overrides the one from tandem. */
export function checkGracefulTimeout({ gunicorn, deadlines }: LaunchPlan): Finding {
  const name = "graceful timeout";
  const timeout = lastFlagNumber(gunicorn.args, "--graceful-timeout") ?? DEFAULT_GRACEFUL_TIMEOUT;
  const grace = deadlines.grace / 1000;
  const graceText = formatSeconds(grace);
  if (timeout < grace) {
    return ok(name, `gunicorn may take ${timeout} s to exit, within --grace-period (${graceText})`);
  }
  // gunicorn takes whole seconds, and 0 would cut off every request.
  const fitting = Math.max(1, Math.floor(deadlines.nginx / 1000));
  return warning(
    name,
    `gunicorn may take ${timeout} s to exit (--graceful-timeout), but is killed after ${graceText} (--grace-period)`,
    fitting < grace
      ? `set --graceful-timeout to ${fitting} or remove it, or raise --grace-period`
      : `raise --grace-period above ${fitting}`,
  );
}

/** What nginx needs at least to finish requests. */
const MIN_FINISH_S = 2;

export function checkDrainDelay(deadlines: Deadlines): Finding {
  const name = "drain delay";
  const delay = deadlines.drainDelay / 1000;
  const left = deadlines.nginx / 1000 - delay;
  if (delay === 0) return ok(name, "none");
  return left < MIN_FINISH_S
    ? warning(
      name,
      `--drain-delay ${delay} leaves nginx ${formatSeconds(Math.max(0, left))} to finish requests`,
      `set it to ${
        Math.max(0, Math.floor(deadlines.nginx / 2000))
      } or less, or raise --grace-period`,
    )
    : ok(
      name,
      `${formatSeconds(delay)}, then nginx may finish requests for ${formatSeconds(left)}`,
    );
}
