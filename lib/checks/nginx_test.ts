/** Asks nginx for its conf as nginx reads it. */

import { readTextFile } from "../host/files/files.ts";
import { reservePorts } from "../host/net/port_reservation.ts";
import { runCommand } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import type { ChildPlan } from "../plan/launch_plan.ts";
import type { Address } from "../plan/address.ts";
import {
  type ConfSummary,
  type Directive,
  parseAddress,
  parseDirectives,
  summarizeConf,
} from "../nginx/directives.ts";

export interface AcceptedConf {
  kind: "accepted";
  /** What `-T` prints. */
  dump: string;
  /** What `-V` prints. */
  told: string;
  directives: Directive[];
  config: ConfSummary;
}

export type NginxTestResult = AcceptedConf | { kind: "refused"; complaint: string };

/** `-V` beside `-T` costs nothing: nginx tells how it was built, then goes on. */
export async function testNginx(
  nginx: ChildPlan,
  reaper: Reaper,
  signal?: AbortSignal,
): Promise<NginxTestResult> {
  const { code, stdout, stderr } = await runCommand(
    nginx.executable,
    [...nginx.args, "-V", "-T"],
    reaper,
    signal,
  );
  if (code !== 0) return { kind: "refused", complaint: firstComplaint(stderr) };
  const directives = [...parseDirectives(stdout)];
  const config = summarizeConf(directives);
  return { kind: "accepted", dump: stdout, told: stderr, directives, config };
}

/** For as long as no nginx listens yet. */
export async function testNginxWithPortsReserved(
  nginx: ChildPlan,
  reaper: Reaper,
  signal?: AbortSignal,
): Promise<NginxTestResult> {
  using _held = reservePorts(readListens(nginx.args[1]!));
  return await testNginx(nginx, reaper, signal);
}

/**
 * `nginx -T` listens for a moment, and would cut off a client who comes then instead of having it refused. What the
 * main file says is enough to keep it from that, be it in a comment; nginx passes over a port that is taken when it only tests.
 */
function readListens(conf: string): Address[] {
  const listens = readTextFile(conf).matchAll(/\blisten\s+([^\s;{}#"']+)/g);
  return [...listens].map(([, address]) => parseAddress(address!));
}

/** "nginx: [emerg] unknown directive …" without the marks; the first is the cause of the others. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const line = lines.find((line) => /\[(emerg|crit|alert)\]/.test(line)) ?? lines.at(-1);
  return line?.replace(/^.*?\[(emerg|crit|alert)\]\s*(\d+#\d+:\s*)?/, "") ?? "it does not say why";
}
