import { inOneLine } from "./checks/finding.ts";
import { judgeLink } from "./checks/links.ts";
import type { LinkPlan } from "../plan/launch_plan.ts";
import type { Tools } from "./tools.ts";

/** A log folder that cannot be written to is no reason not to serve, so what fails is said and passed over. */
export function makeLinks(links: LinkPlan[], { log, makeLink }: Tools): void {
  for (const { path, target } of links) {
    try {
      log.debug("log-link", `${path} -> ${target}: ${makeLink({ path, target })}`);
    } catch (error) {
      const why = (error as Error).message;
      const finding = judgeLink({ path, target }, { kind: "impossible", why });
      log.warning("log-link-failed", inOneLine(finding));
    }
  }
}
