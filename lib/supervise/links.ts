/** Links nginx's log files to tandem's output. */

import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { RunDependencies } from "./dependencies.ts";

/** nginx may be able to start without the links, so a failure is only a warning; the built-in conf does not use them. */
export async function makeLinks(
  { links, builtInConf }: Pick<LaunchPlan, "links" | "builtInConf">,
  { log, makeLink, formatLinkWarning }: RunDependencies,
): Promise<void> {
  for (const link of links) {
    try {
      log.debug("log-link", `${link.path} -> ${link.target}: ${await makeLink(link)}`);
    } catch (error) {
      const { message } = error as Error;
      if (builtInConf) log.debug("log-link", `${link.path} is left alone: ${message}`);
      else log.warning("log-link-failed", formatLinkWarning(link, message));
    }
  }
}
