/** Rules on gunicorn's settings and version that keep it from serving well, or safely. */

import { type Finding, ok, warning } from "./finding.ts";

/** What gunicorn would run with, from all of its sources. */
export interface ResolvedGunicorn {
  /** Seconds. */
  keepAlive: number;
  workerClass: string;
  workers: number;
  /** 0: no limit. */
  maxRequests: number;
  maxRequestsJitter: number;
  preload: boolean;
  version: string;
  /** Whether its parser refuses what CVE-2024-1135 is about. */
  isStrict: boolean;
}

export function checkMaxRequests(
  { workers, maxRequests, maxRequestsJitter }: ResolvedGunicorn,
): Finding {
  const name = "max requests";
  if (maxRequests === 0) return ok(name, "no limit");
  const jitter = Math.max(1, Math.round(maxRequests / 10));
  return maxRequestsJitter === 0 && workers > 1
    ? warning(
      name,
      `--max-requests ${maxRequests} without --max-requests-jitter restarts all ${workers} workers ` +
        "at about the same time",
      `set --max-requests-jitter to ${jitter}`,
    )
    : ok(
      name,
      `workers restart after ${maxRequests} to ${maxRequests + maxRequestsJitter} requests`,
    );
}

/** Asks the parser, not the version: Debian 12 and other distributions have repaired older ones. */
export function checkSmuggling({ version, isStrict }: ResolvedGunicorn): Finding {
  const name = "request smuggling";
  return isStrict ? ok(name, `gunicorn ${version} refuses ambiguous requests`) : warning(
    name,
    `gunicorn ${version} lets a client hide a request in the body of another one (CVE-2024-1135)`,
    "upgrade gunicorn to 22 or newer",
  );
}

/** @param cuda what has initialised CUDA in the process that imported the app; `undefined` if none was asked */
export function checkPreload({ preload }: ResolvedGunicorn, cuda: string | undefined): Finding {
  const name = "preload";
  if (!preload) return ok(name, "each worker imports the app");
  return cuda === undefined
    ? ok(name, "gunicorn's master imports the app for all workers")
    : warning(
      name,
      `with --preload the app initialises CUDA in gunicorn's master (${cuda}), and no worker can use it after the fork`,
      "use CUDA for the first time in a worker (post_fork, or the first request), or remove --preload",
    );
}
