/** `tandem demo` of an installed package: from its start to the answer of the app, and to its end. */

import assert from "node:assert/strict";
import { baseEnvironment } from "../support/environment.ts";
import { reservePort } from "../support/machine/ports.ts";
import { ask } from "../support/traffic/http_client.ts";
import { until, within } from "../support/waiting.ts";

/** For a machine on which everything else runs too. */
const READY_MS = 120_000;

/** If this process dies, tandem gets SIGTERM. */
const DEATH_SIGNAL = ["setpriv", "--pdeathsig", "TERM"];

/**
 * Runs the demo until it has answered, and stops it.
 * @param command must end by exec, so that the signal reaches tandem; it gets the arguments of tandem
 */
export async function demoAnswers(
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  using port = reservePort();
  const [program = "", ...args] = [...DEATH_SIGNAL, ...command, "demo", "--port", `${port.number}`];
  const child = new Deno.Command(program, {
    args,
    cwd: "/",
    clearEnv: true,
    env: { ...baseEnvironment(), ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  const output = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) stderr += text;
  })();
  try {
    const early = child.status.then(({ code }) => {
      throw new Error(`exited with ${code} before it was ready`);
    });
    const serves = () =>
      ask(port.number, "/ping").then(({ status }) => status === 200, () => false);
    await Promise.race([until(READY_MS, "an answer of the demo", serves), early]);
    const echo = await ask(port.number, "/invocations", { body: "hello" });
    assert.deepEqual(echo, { status: 200, body: "hello" });
    child.kill("SIGTERM");
    const { code } = await within(READY_MS, "the exit after SIGTERM", child.status);
    assert.equal(code, 0);
    assert.match(stderr, /tandem: stopped: SIGTERM/);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${stderr}`, { cause: error });
  } finally {
    try {
      child.kill("SIGKILL");
    } catch { /* it has exited */ }
    await child.status;
    await output;
  }
}
