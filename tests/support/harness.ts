/** Runs a test on every edition, as PID 1 and as an ordinary process, and checks that nothing is left afterwards. */

import assert from "node:assert/strict";
import { type Edition, editions } from "./editions.ts";
import { Image, type ImageOptions } from "./image.ts";
import { Launcher, type LaunchOptions, type Mode } from "./launcher.ts";
import { type Needs, titled } from "./machine/needs.ts";

export interface Harness {
  readonly edition: Edition;
  readonly mode: Mode;
  /** Makes a fresh image, for a test that needs one before or after a start. */
  image(options?: ImageOptions): Image;
  /** Starts tandem, on a fresh image by default. */
  start(options?: ImageOptions & LaunchOptions & { image?: Image }): Promise<Launcher>;
}

/** An idle pair stops within 1.3 s; the rest is for a busy machine. */
const STOP_MS = 5000;

export const BOTH_MODES: readonly Mode[] = ["PID 1", "ordinary process"];

/** `TANDEM_MODE` runs only one of the modes where a test has both: enough for the sanitizers, and half of the time. */
function chosenModes(modes: readonly Mode[]): readonly Mode[] {
  const chosen = modes.filter((mode) => mode === Deno.env.get("TANDEM_MODE"));
  return chosen.length > 0 ? chosen : modes;
}

/**
 * Registers a test for each edition and mode. A launch that still runs when the test returns gets SIGTERM and must exit
 * with 0, and no launch may leave anything behind. PID 1 takes a namespace, which only root can make. A test is ignored
 * if the machine does not meet its needs.
 */
export function forEachLaunch(
  promise: string,
  test: (harness: Harness) => Promise<void>,
  modes: readonly Mode[] = BOTH_MODES,
  needs: Needs = {},
): void {
  for (const edition of editions) {
    for (const mode of chosenModes(modes)) {
      Deno.test({
        ...titled(`${promise} (${edition.name}, ${mode})`, {
          ...needs,
          root: needs.root || mode === "PID 1",
        }),
        fn: () => onHarness(edition, mode, test),
      });
    }
  }
}

/** Runs one test on one edition, and prints the launchers' output when it fails. */
export async function onHarness(
  edition: Edition,
  mode: Mode,
  test: (harness: Harness) => Promise<void>,
): Promise<void> {
  using images = new DisposableStack();
  await using launchers = new AsyncDisposableStack();
  const launched: Launcher[] = [];
  const harness: Harness = {
    edition,
    mode,
    image: (options) => images.use(new Image(options)),
    async start({ image, ...options } = {}) {
      const launcher = await Launcher.start(
        edition,
        mode,
        image ?? harness.image(options),
        options,
      );
      launched.push(launchers.use(launcher));
      return launcher;
    },
  };
  try {
    await test(harness);
    await Promise.all(launched.map(endsCleanly));
  } catch (error) {
    // A test of many starts names the failed one itself.
    const stories = launched.length > 4 ? "" : launched.map(({ story }) => story).join("");
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${stories}`, { cause: error });
  }
}

async function endsCleanly(launcher: Launcher): Promise<void> {
  if (launcher.isRunning) {
    launcher.signal("SIGTERM");
    const { code } = await launcher.exit(STOP_MS);
    assert.equal(code, 0, "the exit status of the stop at the end");
  }
  await launcher.assertNothingLeft();
}
