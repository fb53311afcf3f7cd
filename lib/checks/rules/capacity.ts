/** Rules on open files, CPUs and memory. */

import { setFirst } from "../../nginx/conf_edits.ts";
import { type Block, findAll } from "../../nginx/tree.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** nginx's default. */
const DEFAULT_CONNECTIONS = 512;

/**
 * The limit is per process. A proxied connection takes two descriptors: the client's and gunicorn's.
 * @param limit the hard limit, to which `serve` raises the soft one
 */
export function checkOpenFiles(root: Block, limit: number): Finding {
  const last = (name: string) => findAll(root, name).at(-1);
  const number = (name: string) => {
    const text = last(name)?.args[0];
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const directive = last("worker_connections");
  const connections = number("worker_connections") ?? DEFAULT_CONNECTIONS;
  const needed = 2 * connections;
  const allowed = number("worker_rlimit_nofile") ?? limit;
  const need = `${connections} worker_connections need up to ${needed} open files in each worker`;
  return allowed < needed
    ? warning(
      "open files",
      `${need}, and only ${allowed} are allowed; connections beyond that get 500 or hang`,
      `raise the hard limit (docker run --ulimit nofile=65536), or set worker_connections to ${
        Math.floor(allowed / 2)
      }`,
      directive && [setFirst(directive, `${Math.floor(allowed / 2)}`)],
    )
    : ok("open files", `${need}; ${allowed} are allowed`);
}

/** gunicorn's documentation recommends two workers per CPU, plus one. */
const MAX_WORKERS_PER_CPU = 4;

export function checkWorkers(workers: number, cpus: number): Finding {
  const found = `${count(workers, "gunicorn worker")} for ${count(cpus, "CPU")}`;
  return workers > MAX_WORKERS_PER_CPU * cpus
    ? warning(
      "workers",
      `${found} compete for CPU time, and each holds its own copy of the app`,
      `set --workers to ${2 * cpus + 1} or less, or remove the flag`,
    )
    : ok("workers", found);
}

/**
 * @param online the CPUs of the machine, which `auto` counts whatever this process may use
 * @param cpus those that this process may use
 */
export function checkNginxWorkers(root: Block, online: number, cpus: number): Finding {
  const name = "worker_processes";
  const directive = findAll(root, name).at(-1);
  const text = directive?.args[0] ?? "1";
  const workers = text === "auto" ? online : Number(text);
  const found = `\`${name} ${text}\` starts ${count(workers, "nginx worker")}, and ${
    count(cpus, "CPU")
  } may be used`;
  return directive && workers > cpus
    ? warning(
      name,
      `${found} (cgroup and affinity); the others only take memory`,
      `set ${name} to ${cpus}`,
      [setFirst(directive, `${cpus}`)],
    )
    : ok(name, found);
}

/** Measured: a gunicorn worker with a trivial app. */
const WORKER_MIB = 30;
/** nginx, gunicorn's master and tandem. */
const OTHERS_MIB = 100;
const MIB = 1024 * 1024;

/**
 * @param limit bytes; `Infinity` for no limit
 * @param workerBytes the measured memory of a worker with the app
 */
export function checkMemory(workers: number, limit: number, workerBytes?: number): Finding {
  const worker = workerBytes === undefined ? WORKER_MIB : Math.ceil(workerBytes / MIB);
  const sum = workers * worker + OTHERS_MIB;
  const before = workerBytes === undefined ? " before the app's own data" : "";
  const need =
    `about ${sum} MiB${before} (${workers} × ${worker} MiB for workers, ${OTHERS_MIB} MiB for the rest)`;
  if (limit === Infinity) return ok("memory", `${need}; no limit`);
  const allowed = Math.floor(limit / MIB);
  return sum > allowed
    ? warning(
      "memory",
      `${need}, and only ${allowed} MiB are allowed; the kernel kills workers`,
      allowed > OTHERS_MIB + worker
        ? `set --workers to ${
          Math.floor((allowed - OTHERS_MIB) / worker)
        } or less, or raise the limit`
        : "raise the limit",
    )
    : ok("memory", `${need}; ${allowed} MiB are allowed`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
