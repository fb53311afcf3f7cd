import type { LinkPlan } from "../plan/launch_plan.ts";
import { inOneLine } from "../checks/rules/finding.ts";
import { judgeLink } from "../checks/rules/links.ts";
import type { Tools } from "./dependencies.ts";

/** A log folder that cannot be written to is no reason not to serve, so what fails is said and passed over. */
export async function makeLinks(links: LinkPlan[], { log, makeLink }: Tools): Promise<void> {
  for (const link of links) {
    try {
      log.debug("log-link", `${link.path} -> ${link.target}: ${await makeLink(link)}`);
    } catch (error) {
      const why = (error as Error).message;
      log.warning("log-link-failed", inOneLine(judgeLink(link, { kind: "impossible", why })));
    }
  }
}
