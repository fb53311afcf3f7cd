/** A whole run with a failed allocation: start, ready, a request, SIGTERM, exit. */

import { Image } from "../../support/image.ts";
import { Launcher, type Mode } from "../../support/launcher.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { pause, until, within } from "../../support/waiting.ts";
import type { Outcome } from "./outcome.ts";

const START_MS = 60_000;
/** More than the 25 s in which children that do not stop are killed. */
const EXIT_MS = 60_000;
/** The guardian ends after tandem. */
const LEFT_MS = 10_000;

export interface StartOutcome extends Outcome {
  /** Processes that were left; none, or the promise is broken. */
  left: string[];
  /** The status of the request, or why there was none. */
  answer: string;
  wasReady: boolean;
}

export async function runStart(
  executable: string,
  mode: Mode,
  env: Record<string, string>,
): Promise<StartOutcome> {
  using image = new Image();
  await using launcher = await Launcher.start({ name: "slim", path: executable }, mode, image, {
    env,
  });
  const wasReady = await launcher.line(/ready in \d+ ms/, START_MS).then(() => true, () => false);
  let answer = "none";
  if (wasReady) {
    const asked = ask(image.port, "/invocations?sleep=0.2").then(({ status }) => `${status}`);
    const stopped = pause(50).then(() => launcher.isRunning && launcher.signal("SIGTERM"));
    answer = await within(EXIT_MS, "the answer", asked).catch(({ message }) => message);
    await stopped;
  }
  const exit = await launcher.exit(EXIT_MS).catch(() => undefined);
  const family = () => launcher.family().map(({ pid, name, state }) => `${name} ${pid} ${state}`);
  await until(LEFT_MS, "the end of all processes", () => family().length === 0).catch(() => {});
  return {
    code: exit?.code,
    stdout: launcher.stdout.lines.join("\n"),
    stderr: launcher.stderr.lines.join("\n"),
    left: family(),
    answer,
    wasReady,
  };
}

/** A request that nginx accepted is answered, even if memory runs out meanwhile. */
export function isLost({ answer, wasReady }: StartOutcome): boolean {
  return wasReady && answer !== "200" && !/refused/i.test(answer);
}
