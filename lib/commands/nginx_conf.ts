/** `tandem nginx-conf`: prints the nginx.conf that `serve` would use. */

import template from "../../nginx.conf" with { type: "text" };
import { readTextFile } from "../host/files/files.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { fillBuiltInConf } from "../plan/built_in_conf.ts";
import type { Invocation } from "../plan/settings.ts";

export async function nginxConf({ settings }: Invocation): Promise<number> {
  if (settings.nginxConf === undefined) {
    writeToStdout(fillBuiltInConf(template, settings));
    return EXIT.ok;
  }
  try {
    writeToStdout(readTextFile(settings.nginxConf));
    return EXIT.ok;
  } catch (error) {
    const reason = (error as Error).message;
    await writeToStderr(`tandem: cannot read ${settings.nginxConf}: ${reason}\n`);
    return EXIT.configuration;
  }
}
