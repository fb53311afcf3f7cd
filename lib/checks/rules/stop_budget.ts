/** Rules on whether a stop gets the time that it may take. */

import { lastFlagNumber } from "../../plan/gunicorn_arguments.ts";
import type { Deadlines, LaunchPlan } from "../../plan/launch_plan.ts";
import { AFTER_GRACE_MS } from "../../plan/stop_times.ts";
import { formatSeconds } from "./conf.ts";
import { type Finding, ok, warning } from "./finding.ts";

const AFTER_GRACE_S = AFTER_GRACE_MS / 1000;
/** The default of Kubernetes and SageMaker. */
const PLATFORM_S = 30;

export function checkStopBudget({ deadlines }: LaunchPlan): Finding {
  const longest = deadlines.grace / 1000 + AFTER_GRACE_S;
  const found = `a stop may take ${
    formatSeconds(longest)
  } (--grace-period and ${AFTER_GRACE_S} s more)`;
  return longest > PLATFORM_S
    ? warning(
      "stop",
      `${found}, but Kubernetes and SageMaker kill after ${PLATFORM_S} s and docker stop after 10 s`,
      `set --grace-period to ${
        PLATFORM_S - AFTER_GRACE_S
      } or less, or raise the platform's limit ` +
        "(terminationGracePeriodSeconds, docker stop -t)",
    )
    : ok(
      "stop",
      `${found}; Kubernetes and SageMaker wait ${PLATFORM_S} s, docker stop 10 s unless -t is set`,
    );
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
