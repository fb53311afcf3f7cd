/** Has nginx test its conf and print it. */

import { readConfFiles } from "../host/files/conf_files.ts";
import { reserveAddresses } from "../host/net/address_reservation.ts";
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

/**
 * `nginx -T` binds and listens for a moment: a client that connects then is cut off instead of refused. That goes for
 * unix sockets too, though nginx removes the path before it listens (2 of 400 tests under 4 clients). What tandem holds,
 * nginx cannot bind, which a test ignores; so does what an nginx serves on already.
 *
 * `-V` beside `-T` needs no second process: nginx prints its build options, then tests the conf.
 */
export async function testNginx(
  nginx: ChildPlan,
  reaper: Reaper,
  signal?: AbortSignal,
): Promise<NginxTestResult> {
  const { addresses, fifo } = preview(nginx);
  if (fifo !== undefined) return refuseFifo(fifo);
  const dump = new DumpReader();
  using _held = reserveAddresses(addresses);
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

function refuseFifo(path: string): NginxTestResult {
  return { kind: "refused", complaint: `it includes ${path}, a FIFO, and would wait for a writer` };
}

/** A larger file is data, such as a `geo` block, and takes seconds to parse. */
const MOST_BYTES = 256 * 1024;

interface Preview {
  /** On which nginx is to listen. */
  addresses: Address[];
  /** One that the conf includes. */
  fifo: string | undefined;
}

/** Reads the main file and all that it includes, as far as tandem can. */
function preview({ args: [, conf] }: ChildPlan): Preview {
  let fifo: string | undefined;
  const files = readConfFiles(conf!, MOST_BYTES, (path) => fifo ??= path);
  const { listens } = summarizeConf(files.flatMap(({ directives }) => directives));
  return { addresses: listens.map(({ address }) => address), fifo };
}

/** Strips "nginx: [emerg]" and the like. The first complaint is the cause of the others. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const line = lines.find((line) => /\[(emerg|crit|alert)\]/.test(line)) ?? lines.at(-1);
  return line?.replace(/^.*?\[(emerg|crit|alert)\]\s*(\d+#\d+:\s*)?/, "") ?? "it prints no reason";
}
