/** The rule on the files that nginx logs to. */

import type { LinkPlan } from "../../plan/launch_plan.ts";
import { type Finding, ok, warning } from "./finding.ts";

export function checkLogs(logs: string[], links: LinkPlan[]): Finding {
  const name = "log files";
  if (!links.length) return ok(name, `nothing is linked (--no-log-links): ${logs.join(", ")}`);
  const linked = links.map(({ path }) => path);
  const others = logs.filter((log) => !linked.includes(log) && !log.startsWith("/dev/"));
  return others.length
    ? warning(
      name,
      `nginx logs to ${others.join(" and ")}, which fills the disk and does not reach stdout`,
      `log to ${linked.join(" and ")} instead, or correct --log-dir`,
    )
    : ok(name, "all nginx logs reach stdout and stderr");
}
