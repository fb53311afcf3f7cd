/** When the kernel refuses memory to the slim edition itself, it still drains both children. */

import assert from "node:assert/strict";
import { editions } from "../../support/editions.ts";
import { baseEnvironment } from "../../support/environment.ts";
import { BOTH_MODES, type Harness, onHarness } from "../../support/harness.ts";
import { titled } from "../../support/machine/needs.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";

// The sanitizers allocate in their own way, and an emulator's memory is not tandem's.
const slim = editions.find(({ name }) => name === "tandem-slim");

/** ?loud prints a line of 900 kB at once: nobody may read its rest, so the pipe must hold it (F_SETPIPE_SZ). */
const APP = `
import fcntl, sys, time

def app(environ, start_response):
    if environ["QUERY_STRING"] == "slow":
        open("arrived", "a").write("one\\n")
        time.sleep(1)
    if environ["QUERY_STRING"] == "loud":
        fcntl.fcntl(1, 1031, 1 << 20)
        sys.stdout.write("x" * 900_000 + "\\n")
        sys.stdout.flush()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
`;

for (const mode of BOTH_MODES) {
  const needs = { root: mode === "PID 1", tools: ["prlimit"] };
  const { name, ignore } = titled(
    `slim: refused memory it drains and exits with 71 (${mode})`,
    needs,
  );
  Deno.test({ name, ignore: ignore || !slim, fn: () => onHarness(slim!, mode, refuseMemory) });
}

async function refuseMemory(harness: Harness) {
  const launcher = await harness.start({ app: APP, args: ["--logs", "prefix"] });
  await launcher.ready();
  const { image } = launcher;
  const answer = ask(image.port, "/invocations?slow");
  await until(SCHEDULING_MS, "the request with the app", () => image.arrived().length > 0);

  const args = ["--pid", `${launcher.pid}`, "--as=1"];
  const limited = await new Deno.Command("prlimit", { args, env: baseEnvironment() }).output();
  assert.equal(limited.code, 0);
  ask(image.port, "/invocations?loud");

  await launcher.line(/^tandem: out of memory, stopping nginx and gunicorn: check ulimit -v$/);
  assert.equal((await launcher.exit(SCHEDULING_MS)).code, 71);
  assert.equal((await answer).status, 200);
  await until(SCHEDULING_MS, "the end of both", () => launcher.family().length === 0);
  // As after a SIGKILL; the next start removes them.
  Deno.removeSync(image.state, { recursive: true });
  Deno.removeSync(`${image.socket}.lock`);
}
