/** Whether the machine has room for what the settings ask for. */

import { type Block, findAll } from "../../nginx/tree.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** nginx's own, where the conf says nothing. */
const DEFAULT_CONNECTIONS = 512;

/**
 * The limit is each process's own. A connection that nginx passes on takes two descriptors: the client's and gunicorn's.
 * @param limit the hard one, to which serve raises the soft one
 */
export function checkOpenFiles(root: Block, limit: number): Finding {
  const number = (name: string) => {
    const text = findAll(root, name).at(-1)?.args[0];
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const connections = number("worker_connections") ?? DEFAULT_CONNECTIONS;
  const needed = 2 * connections;
  const allowed = number("worker_rlimit_nofile") ?? limit;
  const words = `${connections} worker_connections need up to ${needed} open files in each worker`;
  return allowed < needed
    ? warning(
      "open files",
      `${words}, and ${allowed} are allowed: connections beyond that get 500 or hang`,
      `raise the hard limit (docker run --ulimit nofile=65536), or set worker_connections to ${
        Math.floor(allowed / 2)
      }`,
    )
    : ok("open files", `${words}; ${allowed} are allowed`);
}

/** Where more only wait for each other: gunicorn's own advice is two a CPU and one. */
const MOST_PER_CPU = 4;

export function checkWorkers(workers: number, cpus: number): Finding {
  const found = `${count(workers, "gunicorn worker")} for ${count(cpus, "CPU")}`;
  return workers > MOST_PER_CPU * cpus
    ? warning(
      "workers",
      `${found}: they wait for each other, and each has its own copy of the app`,
      `set --workers to ${2 * cpus + 1} or less, or leave it out`,
    )
    : ok("workers", found);
}

/** Measured, without the app's own data. */
const WORKER_MB = 30;
/** nginx, gunicorn's master and tandem itself. */
const OTHERS_MB = 100;
const MB = 1024 * 1024;

/**
 * @param limit bytes; Infinity for none
 * @param measured bytes of a worker with the app, where it was imported
 */
export function checkMemory(workers: number, limit: number, measured?: number): Finding {
  const worker = measured === undefined ? WORKER_MB : Math.ceil(measured / MB);
  const sum = workers * worker + OTHERS_MB;
  const before = measured === undefined ? " before the app's own data" : "";
  const words =
    `about ${sum} MB${before} (${workers} × ${worker} MB a worker, ${OTHERS_MB} MB for the rest)`;
  if (limit === Infinity) return ok("memory", `${words}; no limit`);
  const allowed = Math.floor(limit / MB);
  return sum > allowed
    ? warning(
      "memory",
      `${words}, and ${allowed} MB are allowed: the kernel kills workers`,
      allowed > OTHERS_MB + worker
        ? `set --workers to ${
          Math.floor((allowed - OTHERS_MB) / worker)
        } or less, or raise the limit`
        : "raise the limit",
    )
    : ok("memory", `${words}; ${allowed} MB are allowed`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
