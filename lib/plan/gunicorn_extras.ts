/** The arguments that suit a pair behind nginx, where the user has not chosen otherwise. */

import type { LaunchPlan } from "./launch_plan.ts";

/** What gunicorn and the machine are like. */
export interface GunicornFacts {
  /** The settings of gunicorn, by its own names, that the user has set in any way. */
  chosen: readonly string[];
  /** From 25.1 on, gunicorn opens one that nobody here uses, and leaks descriptors for it at each reload until 26.1. */
  hasControlSocket: boolean;
  /** Whether /dev/shm is a tmpfs that gunicorn may write to. */
  hasSharedMemory: boolean;
}

/**
 * Seconds. Longer than nginx keeps an idle connection, 60 s from 1.29.7 on: gunicorn's default of 2 s closes a
 * connection at the moment at which nginx may send a POST on it, which is then answered 502.
 */
const KEEP_ALIVE = 75;

/** Each of them is listed in the meaning of the setting `plainGunicorn`. */
export function addGunicornExtras(plan: LaunchPlan, facts: GunicornFacts): LaunchPlan {
  const { gunicorn } = plan;
  const isFree = (...names: string[]) => !names.some((name) => facts.chosen.includes(name));
  const extras = [
    ...(isFree("keepalive") ? ["--keep-alive", `${KEEP_ALIVE}`] : []),
    // A worker whose heartbeat file is on a slow disk stalls, and gunicorn then kills it.
    ...(facts.hasSharedMemory && isFree("worker_tmp_dir") ? ["--worker-tmp-dir", "/dev/shm"] : []),
    ...(facts.hasControlSocket && isFree("control_socket", "control_socket_disable")
      ? ["--no-control-socket"]
      : []),
  ];
  return { ...plan, gunicorn: { ...gunicorn, args: [...extras, ...gunicorn.args] } };
}
