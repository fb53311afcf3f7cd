/** Runs wrk, an HTTP load generator. */

import { run } from "../../../scripts/build/denort.ts";

export interface Workload {
  name: string;
  path: string;
  connections: number;
  seconds: number;
  /** Bytes; with a body the method is POST. */
  body?: number;
}

/** Milliseconds. */
export interface Speed {
  requests: number;
  requestsPerSecond: number;
  median: number;
  p99: number;
}

const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/** @throws {Error} if an answer is not 200 or lacks */
export async function wrk(port: number, workload: Workload): Promise<Speed> {
  const { path, connections, seconds, body } = workload;
  using script = new LuaScript(body);
  const output = await run([
    ...["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "30s", "--latency"],
    ...["-s", script.path, `http://127.0.0.1:${port}${path}`],
  ]);
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(output);
  const latency = (percent: number) => {
    const found = new RegExp(`^ +${percent}% +([\\d.]+)(us|ms|s)\\s*$`, "m").exec(output);
    if (!found) throw new Error(`no latency in this:\n${output}`);
    return Number(found[1]) * MILLISECONDS[found[2]!]!;
  };
  const requestsPerSecond = Number(/^Requests\/sec: +([\d.]+)$/m.exec(output)![1]);
  const requests = Number(/^ *(\d+) requests in /m.exec(output)![1]);
  return { requests, requestsPerSecond, median: latency(50), p99: latency(99) };
}

class LuaScript implements Disposable {
  readonly path = Deno.makeTempFileSync({ prefix: "tandem-wrk-", suffix: ".lua" });

  constructor(body: number | undefined) {
    if (body === undefined) return;
    Deno.writeTextFileSync(
      this.path,
      `wrk.method = "POST"\nwrk.body = string.rep("x", ${body})\n`,
    );
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}
