/** The commands, and the parts of the host that the command line needs. */

import type { Invocation } from "../plan/settings.ts";
import { serve } from "./serve/serve.ts";

export { machine } from "../host/machine/machine.ts";
export { runtimeVersion } from "../host/system/runtime.ts";
export { ownPid } from "../host/system/environment.ts";
export { writeTerminationLog } from "../host/output/termination_log.ts";
export { writeToStderr, writeToStdout } from "../host/output/output.ts";

/**
 * Each returns its exit status. All but `serve` are imported when they are run, so that the long-running process does
 * not hold their code in memory.
 */
export const commands = {
  serve,
  demo: async (invocation) => (await import("./demo.ts")).demo(invocation, serve),
  check: async (invocation) => (await import("./check.ts")).check(invocation),
  config: async (invocation) => (await import("./config.ts")).config(invocation),
  "nginx-conf": async (invocation) => (await import("./nginx_conf.ts")).nginxConf(invocation),
  plan: async (invocation) => (await import("./plan/plan.ts")).plan(invocation),
  "link-logs": async (invocation) => (await import("./link_logs.ts")).linkLogs(invocation),
  health: async (invocation) => (await import("./health.ts")).health(invocation),
  status: async (invocation) => (await import("./status.ts")).status(invocation),
  reload: async (invocation) => (await import("./reload.ts")).reload(invocation),
  stop: async (invocation) => (await import("./stop.ts")).stop(invocation),
} satisfies Record<string, (invocation: Invocation) => Promise<number>>;
