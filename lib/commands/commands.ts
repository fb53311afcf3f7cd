/** What the command line can start, and the machine that it starts on. */

import type { Request } from "../plan/settings.ts";
import { check } from "./check.ts";
import { config } from "./config.ts";
import { demo } from "./demo.ts";
import { health } from "./health.ts";
import { nginxConf } from "./nginx_conf.ts";
import { reload } from "./reload.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";
import { stop } from "./stop.ts";

export { machine } from "../host/machine.ts";
export { runtimeInWords } from "../host/runtime.ts";
export { writeToStderr, writeToStdout } from "../host/output.ts";

/** Each takes the settings and gives the exit status. */
export const commands = {
  serve,
  demo,
  check,
  config,
  "nginx-conf": nginxConf,
  health,
  status,
  reload,
  stop,
} satisfies Record<string, (request: Request) => number | Promise<number>>;
