/** Rules on nginx.conf: whether nginx accepts it, and what in a valid one loses requests. */

import type { ConfSummary } from "../../nginx/directives.ts";
import { type ConfEdit, setFirst } from "../../nginx/conf_edits.ts";
import { type Block, findAll } from "../../nginx/tree.ts";
import { parseTime } from "../../nginx/values.ts";
import type { Deadlines, LaunchPlan } from "../../plan/launch_plan.ts";
import { failed, type Finding, ok, warning } from "./finding.ts";
import { LINK_AT_BUILD } from "./links.ts";

const NAME = "nginx -t";

type ConfPlan = Pick<LaunchPlan, "links" | "builtInConf">;

export function checkConfError(complaint: string, plan: ConfPlan): Finding {
  return failed(NAME, `nginx rejects its conf: ${complaint}`, fixFor(complaint, plan));
}

/** The numbers are errno values: 2 ENOENT, 13 EACCES, 30 EROFS. */
function fixFor(complaint: string, plan: ConfPlan): string {
  if (/ in \S+:\d+$/.test(complaint)) return "fix that line";
  const closed = /^(\w+)\(\) "(.+)" failed \((?:13|30): /.exec(complaint);
  if (closed) return fixForClosedPath(closed[1]!, closed[2]!, plan);
  if (/\(2: /.test(complaint)) return "create it, or correct the path in the conf";
  if (/ a FIFO, /.test(complaint)) return "include a regular file instead";
  if (/^no answer within /.test(complaint)) {
    return "remove what nginx waits for: a host name without an answer from DNS, a FIFO, a file system that hangs";
  }
  if (/ was killed by /.test(complaint)) return "find out what killed it, and start again";
  return "fix the conf";
}

/** With the usual causes first: another user than root, or a read-only root file system. */
function fixForClosedPath(call: string, path: string, { links, builtInConf }: ConfPlan): string {
  if (links.some((link) => link.path === path)) {
    return `${LINK_AT_BUILD}, or make its folder writable for tandem`;
  }
  if (builtInConf) return links.length ? "choose another --state-dir" : "remove --no-log-links";
  if (path.endsWith(".pid")) return "set `pid` to a path that is writable, such as /tmp/nginx.pid";
  if (call === "mkdir") {
    const folder = path.slice(0, path.lastIndexOf("/"));
    return `mount a tmpfs on ${folder}, or set the five directives like client_body_temp_path in the conf`;
  }
  return "make that path writable for tandem, or change it in the conf";
}

export function checkNginxProcesses(
  { daemon, singleProcess }: Pick<ConfSummary, "daemon" | "singleProcess">,
  root: Block,
): Finding {
  const edits = [
    ...invert(root, "daemon", "on", "off"),
    ...invert(root, "master_process", "off", "on"),
  ];
  if (singleProcess) {
    return failed(
      NAME,
      "nginx.conf says `master_process off`, so nginx exits at a stop without finishing its requests",
      "remove that line",
      edits,
    );
  }
  return daemon === "on"
    ? failed(
      NAME,
      "nginx.conf says `daemon on`, so nginx moves to the background, where tandem cannot supervise it",
      "remove that line",
      edits,
    )
    : ok(
      NAME,
      `nginx accepts its conf, ${
        daemon ? "which says `daemon off`" : "and tandem adds `daemon off`"
      }`,
    );
}

/** Changes a switch of this value, wherever it is, to the other one. */
export function invert(root: Block, name: string, from: string, to: string): ConfEdit[] {
  return findAll(root, name).filter(({ args }) => args[0] === from)
    .map((directive) => setFirst(directive, to));
}

export function checkDeferred(root: Block): Finding {
  const deferred = findAll(root, "listen").filter(({ args }) => args.includes("deferred"));
  return deferred.length
    ? warning(
      "deferred",
      `\`listen ${
        deferred[0]!.args.join(" ")
      }\` loses the connections that are being established at a stop`,
      "remove the word deferred",
      deferred.map((directive) => ({
        kind: "replace",
        directive,
        arg: directive.args.indexOf("deferred"),
      })),
    )
    : ok("deferred", "no `listen … deferred`");
}

/** tandem sends nginx SIGQUIT after the drain delay and SIGTERM at nginx's deadline; in between nginx may finish. */
export function checkShutdownTimeout(root: Block, { drainDelay, nginx }: Deadlines): Finding {
  const name = "worker_shutdown_timeout";
  const directive = findAll(root, name).at(-1);
  const text = directive?.args[0];
  const seconds = text === undefined ? undefined : parseTime(text);
  const allowed = (nginx - drainDelay) / 1000;
  if (seconds === undefined) {
    return ok(name, `not set: nginx may finish requests for ${formatSeconds(allowed)}`);
  }
  return seconds < allowed
    ? warning(
      name,
      `\`worker_shutdown_timeout ${text}\` cuts off requests at a stop that nginx could finish within ${
        formatSeconds(allowed)
      }`,
      "raise it, or remove it: tandem enforces the deadline",
      directive && [setFirst(directive, `${Math.ceil(allowed)}s`)],
    )
    : ok(name, `${text}, no shorter than the ${formatSeconds(allowed)} that nginx may take`);
}

export function formatSeconds(seconds: number): string {
  return `${Math.round(seconds * 10) / 10} s`;
}
