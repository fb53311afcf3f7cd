/** `tandem nginx-conf`: prints the nginx.conf that `serve` would use. */

import template from "../../nginx.conf" with { type: "text" };
import { formatFinding } from "../checks/rules/finding.ts";
import { checkConfFile } from "../checks/rules/places.ts";
import { canRead, isRegularFile, readTextFile } from "../host/files/files.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { fillBuiltInConf } from "../plan/built_in_conf.ts";
import { BUILT_IN_CONF, type Invocation } from "../plan/settings.ts";

export async function nginxConf({ settings }: Invocation): Promise<number> {
  if (settings.nginxConf === BUILT_IN_CONF) {
    writeToStdout(fillBuiltInConf(template, settings));
    return EXIT.ok;
  }
  const { nginxConf: path } = settings;
  const finding = checkConfFile(path, canRead(path), isRegularFile(path));
  if (finding.result === "failed") {
    await writeToStderr(`tandem: ${formatFinding(finding)}\n`);
    return EXIT.configuration;
  }
  writeToStdout(readTextFile(path));
  return EXIT.ok;
}
