/** Asks nginx for its conf as nginx reads it. */

import { readTextFile } from "../host/files/files.ts";
import { holdPorts } from "../host/net/port_reservation.ts";
import { capture } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import type { ChildPlan } from "../plan/launch_plan.ts";
import {
  type Address,
  type Directive,
  type NginxConfig,
  readAddress,
  readDirectives,
  readNginxConfig,
} from "../nginx/directives.ts";

export interface AcceptedConf {
  kind: "accepted";
  /** What `-T` prints. */
  dump: string;
  /** What `-V` prints. */
  told: string;
  directives: Directive[];
  config: NginxConfig;
}

export type NginxAnswer = AcceptedConf | { kind: "refused"; complaint: string };

/** `-V` beside `-T` costs nothing: nginx tells how it was built, then goes on. */
export async function askNginx(
  nginx: ChildPlan,
  reaper: Reaper,
  signal?: AbortSignal,
): Promise<NginxAnswer> {
  const { code, stdout, stderr } = await capture(
    nginx.executable,
    [...nginx.args, "-V", "-T"],
    reaper,
    signal,
  );
  if (code !== 0) return { kind: "refused", complaint: firstComplaint(stderr) };
  const directives = [...readDirectives(stdout)];
  const config = readNginxConfig(directives);
  return { kind: "accepted", dump: stdout, told: stderr, directives, config };
}

/** For as long as no nginx listens yet. */
export async function askNginxUnheard(
  nginx: ChildPlan,
  reaper: Reaper,
  signal?: AbortSignal,
): Promise<NginxAnswer> {
  using _held = holdPorts(readListens(nginx.args[1]!));
  return await askNginx(nginx, reaper, signal);
}

/**
 * `nginx -T` listens for a moment, and would cut off a client who comes then instead of having it refused. What the
 * main file says is enough to keep it from that, be it in a comment; nginx passes over a port that is taken when it only tests.
 */
function readListens(conf: string): Address[] {
  const listens = readTextFile(conf).matchAll(/\blisten\s+([^\s;{}#"']+)/g);
  return [...listens].map(([, address]) => readAddress(address!));
}

/** "nginx: [emerg] unknown directive …" without the marks; the first is the cause of the others. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const line = lines.find((line) => /\[(emerg|crit|alert)\]/.test(line)) ?? lines.at(-1);
  return line?.replace(/^.*?\[(emerg|crit|alert)\]\s*(\d+#\d+:\s*)?/, "") ?? "it does not say why";
}
