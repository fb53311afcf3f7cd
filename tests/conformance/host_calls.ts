/**
 * Every call of `Deno` that tandem uses, well and badly, one JSON line each. Runs on Deno and, built for it, on
 * the slim edition's host; host_test.ts compares the lines.
 *
 * Arguments: path of a unix echo server, path of one that hangs up at once, TCP port of an echo server, path of a
 * server with a full backlog.
 */

import { connections } from "./cases/connections.ts";
import { files } from "./cases/files.ts";
import { library } from "./cases/library.ts";
import { processes } from "./cases/processes.ts";
import { signals } from "./cases/signals.ts";
import { system } from "./cases/system.ts";
import { web } from "./cases/web.ts";

const folder = Deno.makeTempDirSync({ prefix: "tandem-conformance-" });

function plain(_key: string, value: unknown): unknown {
  if (value === undefined) return "undefined";
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return [...value];
  if (typeof value === "string") return value.replaceAll(folder, "FOLDER");
  return value;
}

/** What Deno itself says of an error that has no code. */
function failure(error: unknown): object {
  if (!(error instanceof Error)) return { thrown: error };
  const { name, message } = error;
  const code = "code" in error ? error.code : undefined;
  return { class: error.constructor.name, name, code, message };
}

const groups = { files, processes, signals, connections, library, system, web };

for (const [group, cases] of Object.entries(groups)) {
  for (const [name, run] of Object.entries(cases(folder))) {
    let outcome: object;
    try {
      outcome = { value: await run() };
    } catch (error) {
      outcome = { error: failure(error) };
    }
    const line = JSON.stringify({ case: `${group}: ${name}`, ...outcome }, plain);
    Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  }
}
Deno.removeSync(folder, { recursive: true });
