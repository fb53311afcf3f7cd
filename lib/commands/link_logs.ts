/** `tandem link-logs`: makes the log links of `serve` in an image, whose user may not write to their folder later. */

import { makeLogLinkOrSayWhy } from "../host/files/log_links.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { planLogLinks } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";

/** @returns the exit status */
export async function linkLogs({ settings }: Invocation): Promise<number> {
  for (const link of planLogLinks(settings.logDir)) {
    try {
      const outcome = await makeLogLinkOrSayWhy(link);
      writeToStdout(`${link.path} -> ${link.target}: ${outcome}\n`);
    } catch (error) {
      const why = (error as Error).message;
      await writeToStderr(
        `tandem: cannot link ${link.path} to ${link.target}: ${why}: run it as root, or correct --log-dir\n`,
      );
      return EXIT.configuration;
    }
  }
  return EXIT.ok;
}
