/** What the command line can start, and the machine that it starts on. */

import type { Invocation } from "../plan/settings.ts";
import { serve } from "./serve.ts";

export { machine } from "../host/machine/machine.ts";
export { runtimeVersion } from "../host/system/runtime.ts";
export { writeToStderr, writeToStdout } from "../host/output/output.ts";

/**
 * Each takes the settings and gives the exit status. All but the main job are loaded when they are asked for, so that
 * no run has the memory of what it does not do.
 */
export const commands = {
  serve,
  demo: async (request) => (await import("./demo.ts")).demo(request, serve),
  check: async (request) => (await import("./check.ts")).check(request),
  config: async (request) => (await import("./config.ts")).config(request),
  "nginx-conf": async (request) => (await import("./nginx_conf.ts")).nginxConf(request),
  health: async (request) => (await import("./health.ts")).health(request),
  status: async (request) => (await import("./status.ts")).status(request),
  reload: async (request) => (await import("./reload.ts")).reload(request),
  stop: async (request) => (await import("./stop.ts")).stop(request),
} satisfies Record<string, (request: Invocation) => Promise<number>>;
