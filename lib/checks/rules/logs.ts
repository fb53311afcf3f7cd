/** Rules on the files that nginx logs to. */

import { type Block, findAll } from "../../nginx/tree.ts";
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

const FLUSH = "flush=5s";

/** `gzip` implies a buffer of 64 KiB. */
export function checkLogBuffers(root: Block): Finding {
  const name = "log buffers";
  const buffered = findAll(root, "access_log").filter(({ args }) =>
    args.some((arg) => /^(buffer=|gzip($|=))/.test(arg)) &&
    !args.some((arg) => arg.startsWith("flush="))
  );
  const [first] = buffered;
  return first
    ? warning(
      name,
      `\`access_log ${
        first.args.join(" ")
      }\` without \`flush=\` keeps log lines until its buffer is full; ` +
        "if nginx is killed, they are lost",
      `add ${FLUSH}`,
      buffered.map((directive) => ({ kind: "append", directive, text: FLUSH })),
    )
    : ok(name, "nginx keeps no log lines back for longer than its conf says");
}
