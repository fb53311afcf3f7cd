/** Has nginx test its conf and print it. */

import { reservePorts } from "../host/net/port_reservation.ts";
import { runCommand } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { type ConfSummary, parseDirectives, summarizeConf } from "../nginx/directives.ts";
import type { Address } from "../plan/address.ts";
import type { ChildPlan } from "../plan/launch_plan.ts";

export interface AcceptedConf {
  kind: "accepted";
  /** The output of `nginx -T`: the conf and every included file. */
  dump: string;
  /** The output of `nginx -V`: its version and build options. */
  version: string;
  config: ConfSummary;
}

export type NginxTestResult = AcceptedConf | { kind: "refused"; complaint: string };

/** `-V` beside `-T` needs no second process: nginx prints its build options, then tests the conf. */
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
  const config = summarizeConf([...parseDirectives(stdout)]);
  return { kind: "accepted", dump: stdout, version: stderr, config };
}

/**
 * For a test before nginx runs. `nginx -T` binds and listens for a moment: a client that connects then is cut off
 * instead of refused. While tandem holds the ports, nginx cannot bind them, which a test ignores.
 */
export async function testNginxWithPortsReserved(
  nginx: ChildPlan,
  reaper: Reaper,
  signal?: AbortSignal,
): Promise<NginxTestResult> {
  using _held = reservePorts(await findListenAddresses(nginx.args[1]!));
  return await testNginx(nginx, reaper, signal);
}

/** Of the main file and all that it includes. */
async function findListenAddresses(conf: string): Promise<Address[]> {
  const { readConfFiles } = await import("../host/files/conf_files.ts");
  const directives = [...readConfFiles(conf).texts.values()].flatMap((text) => [
    ...parseDirectives(text),
  ]);
  return summarizeConf(directives).listens.map(({ address }) => address);
}

/** Strips "nginx: [emerg]" and the like. The first complaint is the cause of the others. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const line = lines.find((line) => /\[(emerg|crit|alert)\]/.test(line)) ?? lines.at(-1);
  return line?.replace(/^.*?\[(emerg|crit|alert)\]\s*(\d+#\d+:\s*)?/, "") ?? "it prints no reason";
}
