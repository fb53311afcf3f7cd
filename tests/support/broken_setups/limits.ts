/** Broken setups of limits and deadlines. */

import { type BrokenSetup, serves, warning } from "./setup.ts";

export const limitSetups: BrokenSetup[] = [
  {
    what: "64 workers on one CPU",
    options: () => ({ args: ["--workers", "64"], prefix: ["taskset", "-c", "0"] }),
    findings: [
      warning("workers", /^64 gunicorn workers for 1 CPU compete /, /^set --workers to 3 or less/),
    ],
    optional: ["memory"],
    serve: { kind: "is not run" },
  },
  {
    what: "a hard limit of 64 open files",
    options: () => ({ prefix: ["prlimit", "--nofile=64:64"] }),
    findings: [
      warning(
        "open files",
        /^512 worker_connections need up to 1024 open files .* and only 64 are allowed/,
        /ulimit nofile.*worker_connections to 32$/,
      ),
    ],
    serve: serves,
  },
  {
    what: "a graceful timeout above the grace period",
    options: () => ({ args: ["--grace-period", "25", "--", "--graceful-timeout", "60"] }),
    findings: [
      warning(
        "graceful timeout",
        /^gunicorn may take 60 s to exit \(--graceful-timeout\), but is killed after 25 s/,
        /^set --graceful-timeout to 20 or remove it, or raise --grace-period$/,
      ),
    ],
    serve: serves,
  },
  {
    what: "a drain delay that uses up the grace period",
    options: () => ({ args: ["--grace-period", "5", "--drain-delay", "3"] }),
    findings: [
      warning(
        "drain delay",
        /^--drain-delay 3 leaves nginx 1 s to finish requests$/,
        /^set it to 2 or less, or raise --grace-period$/,
      ),
    ],
    serve: serves,
  },
];
