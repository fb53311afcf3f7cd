/** Links nginx's log files to tandem's output. */

import type { LinkPlan } from "../plan/launch_plan.ts";
import type { RunDependencies } from "./dependencies.ts";

/** nginx can start without the links, so a failure is only a warning. */
export async function makeLinks(
  links: LinkPlan[],
  { log, makeLink, formatLinkWarning }: RunDependencies,
): Promise<void> {
  for (const link of links) {
    try {
      log.debug("log-link", `${link.path} -> ${link.target}: ${await makeLink(link)}`);
    } catch (error) {
      log.warning("log-link-failed", formatLinkWarning(link, (error as Error).message));
    }
  }
}
