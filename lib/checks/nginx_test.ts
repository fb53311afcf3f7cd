/** Has nginx test its conf and print it. */

import { reservePorts } from "../host/net/port_reservation.ts";
import { runCommand } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { type ConfSummary, summarizeConf } from "../nginx/directives.ts";
import { DumpReader } from "../nginx/dump_reader.ts";
import type { ConfFiles } from "../nginx/tree.ts";
import type { Address } from "../plan/address.ts";
import type { ChildPlan } from "../plan/launch_plan.ts";

export interface AcceptedConf {
  kind: "accepted";
  /** As `nginx -T` prints them. */
  files: ConfFiles;
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
  const dump = new DumpReader();
  const { code, signal: killer, stderr } = await runCommand(
    nginx.executable,
    [...nginx.args, "-V", "-T"],
    reaper,
    signal,
    {},
    (text) => dump.read(text),
  );
  if (killer) return { kind: "refused", complaint: `the test was killed by ${killer}` };
  if (code !== 0) return { kind: "refused", complaint: firstComplaint(stderr) };
  dump.end();
  const { files } = dump;
  const config = summarizeConf(files.flatMap(({ directives }) => directives));
  return { kind: "accepted", files, version: stderr, config };
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

/** A larger file is data, such as a `geo` block, and takes seconds to parse. */
const MOST_BYTES = 256 * 1024;

/** Of the main file and all that it includes. */
async function findListenAddresses(conf: string): Promise<Address[]> {
  const { readConfFiles } = await import("../host/files/conf_files.ts");
  const directives = readConfFiles(conf, MOST_BYTES).flatMap(({ directives }) => directives);
  return summarizeConf(directives).listens.map(({ address }) => address);
}

/** Strips "nginx: [emerg]" and the like. The first complaint is the cause of the others. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const line = lines.find((line) => /\[(emerg|crit|alert)\]/.test(line)) ?? lines.at(-1);
  return line?.replace(/^.*?\[(emerg|crit|alert)\]\s*(\d+#\d+:\s*)?/, "") ?? "it prints no reason";
}
