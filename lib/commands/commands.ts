/** What the command line can start, and the machine that it starts on. */

import type { Request } from "../plan/settings.ts";
import { config } from "./config.ts";
import { demo } from "./demo.ts";
import { nginxConf } from "./nginx_conf.ts";
import { serve } from "./serve.ts";

export { machine } from "../host/machine.ts";
export { runtimeInWords } from "../host/runtime.ts";
export { writeToStderr, writeToStdout } from "../host/output.ts";

/** Each takes the settings and gives the exit status. */
export const commands = {
  serve,
  demo,
  config,
  "nginx-conf": nginxConf,
} satisfies Record<string, (request: Request) => number | Promise<number>>;
