/**
 * Prints the result or the error of each case as a line of JSON; host_test.ts compares the lines
 * of both hosts.
 *
 * Arguments: path of a Unix echo server, path of a Unix server that says "bye" and closes, port of
 * a TCP echo server, path of a Unix server with a full backlog.
 */

import { connections } from "./cases/connections.ts";
import { files } from "./cases/files.ts";
import { library } from "./cases/library.ts";
import { processes } from "./cases/processes.ts";
import { signals } from "./cases/signals.ts";
import { system } from "./cases/system.ts";
import { web } from "./cases/web.ts";

const folder = Deno.makeTempDirSync({ prefix: "tandem-conformance-" });

function toJson(_key: string, value: unknown): unknown {
  if (value === undefined) return "undefined";
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return [...value];
  if (typeof value === "string") return value.replaceAll(folder, "FOLDER");
  return value;
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { thrown: error };
  const { name, message } = error;
  const code = "code" in error ? error.code : undefined;
  return { class: error.constructor.name, name, code, message };
}

const groups = { files, processes, signals, connections, library, system, web };

for (const [group, cases] of Object.entries(groups)) {
  for (const [name, run] of Object.entries(cases(folder))) {
    let result: object;
    try {
      result = { value: await run() };
    } catch (error) {
      result = { error: describeError(error) };
    }
    const line = JSON.stringify({ case: `${group}: ${name}`, ...result }, toJson);
    Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  }
}
Deno.removeSync(folder, { recursive: true });
