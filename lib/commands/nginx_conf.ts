import template from "../../nginx.conf" with { type: "text" };
import { readTextFile } from "../host/files/files.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { fillBuiltInConf } from "../nginx/directives.ts";
import type { Request } from "../plan/settings.ts";

/** `tandem nginx-conf`: the nginx.conf that `serve` would use. */
export function nginxConf({ settings }: Request): number {
  if (settings.nginxConf === undefined) {
    writeToStdout(fillBuiltInConf(template, settings));
    return EXIT.ok;
  }
  try {
    writeToStdout(readTextFile(settings.nginxConf));
    return EXIT.ok;
  } catch (error) {
    const reason = (error as Error).message;
    writeToStderr(`tandem: cannot read ${settings.nginxConf}: ${reason}\n`);
    return EXIT.configuration;
  }
}
