import type { LinkPlan } from "../../plan/launch_plan.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** @param logs the files that the conf logs to */
export function checkLogs(logs: string[], links: LinkPlan[]): Finding {
  const name = "log files";
  if (!links.length) return ok(name, `nothing is linked (--no-log-links): ${logs.join(", ")}`);
  const linked = links.map(({ path }) => path);
  const elsewhere = logs.filter((log) => !linked.includes(log) && !log.startsWith("/dev/"));
  return elsewhere.length
    ? warning(
      name,
      `nginx logs to ${elsewhere.join(" and ")}, which fills the disk and never comes to stdout`,
      `log to ${linked.join(" and ")} instead, or correct --log-dir`,
    )
    : ok(name, "whatever nginx logs comes to stdout and stderr");
}
