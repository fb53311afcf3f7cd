/** nginx's own word on its conf, and what in a valid conf loses requests. */

import type { Deadlines } from "../../plan/launch_plan.ts";
import { type Block, findAll } from "../../nginx/tree.ts";
import { parseTime } from "../../nginx/values.ts";
import { failed, type Finding, ok, warning } from "./finding.ts";

const NAME = "nginx -t";

export function checkConfError(complaint: string): Finding {
  return failed(NAME, `nginx refuses its conf: ${complaint}`, mendOf(complaint));
}

function mendOf(complaint: string): string {
  if (/ in \S+:\d+$/.test(complaint)) return "correct that line";
  if (/\((13|30): /.test(complaint)) {
    return "let tandem write there, or correct the path in the conf";
  }
  if (/\(2: /.test(complaint)) return "make it, or correct the path in the conf";
  return "correct the conf";
}

export function checkNginxDaemon(daemon: "on" | "off" | undefined): Finding {
  return daemon === "on"
    ? failed(
      NAME,
      "nginx.conf says `daemon on`, so nginx cannot be watched",
      "take that line out",
    )
    : ok(
      NAME,
      `nginx takes its conf, ${
        daemon ? "which says `daemon off`" : "and tandem adds `daemon off`"
      }`,
    );
}

export function checkDeferred(root: Block): Finding {
  const deferred = findAll(root, "listen").filter(({ args }) => args.includes("deferred"));
  return deferred.length
    ? warning(
      "deferred",
      `\`listen ${
        deferred[0]!.args.join(" ")
      }\` loses connections that are just being made at every stop`,
      "take the word deferred out",
    )
    : ok("deferred", "no `listen … deferred`");
}

/** nginx is asked to end after the drain delay and told to after its deadline; in between it may finish. */
export function checkShutdownTimeout(root: Block, { drainDelay, nginx }: Deadlines): Finding {
  const name = "worker_shutdown_timeout";
  const text = findAll(root, name).at(-1)?.args[0];
  const seconds = text === undefined ? undefined : parseTime(text);
  const allowed = (nginx - drainDelay) / 1000;
  if (seconds === undefined) {
    return ok(name, `not set: nginx may finish for ${formatSeconds(allowed)}`);
  }
  return seconds < allowed
    ? warning(
      name,
      `\`worker_shutdown_timeout ${text}\` cuts requests off at a stop, though nginx could finish them for ${
        formatSeconds(allowed)
      }`,
      "make it longer, or take it out: tandem sees to the end",
    )
    : ok(name, `${text}, no shorter than the ${formatSeconds(allowed)} that nginx may finish for`);
}

export function formatSeconds(seconds: number): string {
  return `${Math.round(seconds * 10) / 10} s`;
}
