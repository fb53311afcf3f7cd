/** Whether a stop gets the time that it may take. */

import { lastFlagNumber } from "../../plan/gunicorn_arguments.ts";
import type { Deadlines, LaunchPlan } from "../../plan/launch_plan.ts";
import { AFTER_GRACE_MS } from "../../plan/stop_times.ts";
import { formatSeconds } from "./conf.ts";
import { type Finding, ok, warning } from "./finding.ts";

const AFTER_GRACE_S = AFTER_GRACE_MS / 1000;
/** Kubernetes and SageMaker by default; `docker stop` waits 10. */
const PATIENCE_S = 30;

export function checkStopBudget({ deadlines }: LaunchPlan): Finding {
  const longest = deadlines.grace / 1000 + AFTER_GRACE_S;
  const found = `a stop may take ${formatSeconds(longest)} (--grace-period and ${AFTER_GRACE_S} s)`;
  return longest > PATIENCE_S
    ? warning(
      "stop",
      `${found}, but Kubernetes and SageMaker kill after ${PATIENCE_S} s and docker stop after 10 s`,
      `set --grace-period to ${
        PATIENCE_S - AFTER_GRACE_S
      } or less, or have the platform wait longer ` +
        "(terminationGracePeriodSeconds, docker stop -t)",
    )
    : ok(
      "stop",
      `${found}: Kubernetes and SageMaker wait ${PATIENCE_S} s; docker stop waits 10 s unless -t says more`,
    );
}

/** gunicorn's own, where nobody says. */
const DEFAULT_GRACEFUL_TIMEOUT = 30;

/** An argument behind `--` overrules the time-out that tandem gives gunicorn. */
export function checkGracefulTimeout({ gunicorn, deadlines }: LaunchPlan): Finding {
  const name = "graceful timeout";
  const own = lastFlagNumber(gunicorn.args, "--graceful-timeout") ?? DEFAULT_GRACEFUL_TIMEOUT;
  const grace = deadlines.grace / 1000;
  const fitting = Math.max(1, Math.floor(deadlines.nginx / 1000));
  return own >= grace
    ? warning(
      name,
      `gunicorn may take ${own} s to end (--graceful-timeout), but is killed after ${
        formatSeconds(grace)
      } (--grace-period)`,
      `set --graceful-timeout to ${fitting} or leave it out, or make --grace-period longer`,
    )
    : ok(
      name,
      `gunicorn may take ${own} s to end, within the ${formatSeconds(grace)} of --grace-period`,
    );
}

/** Requests that are under way want some of the grace period too. */
const LEAST_FOR_NGINX_S = 2;

export function checkDrainDelay(deadlines: Deadlines): Finding {
  const name = "drain delay";
  const delay = deadlines.drainDelay / 1000;
  const left = deadlines.nginx / 1000 - delay;
  if (delay === 0) return ok(name, "none");
  return left < LEAST_FOR_NGINX_S
    ? warning(
      name,
      `--drain-delay ${delay} leaves nginx ${formatSeconds(Math.max(0, left))} to finish requests`,
      `set it to ${
        Math.max(0, Math.floor(deadlines.nginx / 2000))
      } or less, or make --grace-period longer`,
    )
    : ok(
      name,
      `${formatSeconds(delay)}, then nginx may finish requests for ${formatSeconds(left)}`,
    );
}
