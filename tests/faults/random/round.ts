/** One round: a start, faults at random moments, an end, and everything that has to hold afterwards. */

import { AFTER_GRACE_MS } from "../../../lib/plan/stop_times.ts";
import { type Harness, onHarness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { pause, SCHEDULING_MS, until, within } from "../../support/waiting.ts";
import { assertNoDefect, assertNothingLost, assertStatus } from "./checks.ts";
import { combine, type Expectation, type Preparation, type Scene } from "./fault.ts";
import { startAgain } from "./next_start.ts";
import type { RoundPlan } from "./plan.ts";
import { RandomNumbers } from "./random_numbers.ts";
import { commandFor, fixtures, makeStateFolder } from "./setup.ts";
import { type Exchange, VerifiedLoad } from "./verified_load.ts";

export interface RoundResult {
  readonly plan: RoundPlan;
  notes: string[];
  status?: number;
  /** Milliseconds from the stop, or from the fault that ended the run, to the exit. */
  took?: number;
  answered: number;
  failed: number;
  /** Why the round failed, with the launchers' output. */
  failure?: string;
}

/** For an idle pair, a stop takes 1.5 s; so this is reached only if something hangs. */
const LONG_GRACE_SECONDS = 20;
/** Where a stop is expected to take the whole grace period. */
const SHORT_GRACE_SECONDS = 4;
const READY_MS = 40_000;
/** Of a start, which takes 0.3 s to 1 s. */
const LATEST_AT_START_MS = 1000;
const LATEST_SERVING_MS = 500;
/** After the faults. */
const LEAST_ANSWERS = 20;
const ROUND_MS = 200_000;

export async function playRound(plan: RoundPlan): Promise<RoundResult> {
  const result: RoundResult = { plan, notes: [], answered: 0, failed: 0 };
  const { edition, mode } = plan.setup;
  try {
    await onHarness(
      edition,
      mode,
      (harness) => within(ROUND_MS, "the end of the round", play(harness, plan, result)),
    );
  } catch (error) {
    result.failure = describe(error);
  }
  return result;
}

/** A failed round can also fail to undo what it did. */
function describe(error: unknown): string {
  if (error instanceof SuppressedError) {
    return `${describe(error.suppressed)}\nand then: ${describe(error.error)}`;
  }
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof SuppressedError ? `${describe(cause)}\n${message}` : message;
}

async function play(harness: Harness, plan: RoundPlan, result: RoundResult): Promise<void> {
  const { setup, faults, seed } = plan;
  const random = new RandomNumbers(`${seed} moments`);
  const image = harness.image({ app: Deno.readTextFileSync(`${fixtures}/echo_app.py`) });
  makeStateFolder(image, setup);
  await using undo = new AsyncDisposableStack();
  const preparation: Preparation = {
    ...{ image, random, setup, undo },
    ...{ args: [], env: {}, prefix: [] },
  };
  for (const fault of faults) await fault.prepare?.(preparation);
  const expectations = new Map(faults.map((fault) => [fault, fault.expects]));
  let expected = combine([...expectations.values()]);
  const isShort = expected.holdsStop || expected.killsTandem;
  const grace = isShort ? SHORT_GRACE_SECONDS : LONG_GRACE_SECONDS;
  const command = commandFor(image, setup, grace);
  const { args, env, prefix } = preparation;
  // If the round fails, it ends before anything is undone.
  await using launcher = await harness.start({
    ...{ image, env, prefix },
    command: [...command, ...args],
  });
  let load: VerifiedLoad | undefined;
  const note = (text: string) => void result.notes.push(text);
  const inject = async (moment: "start" | "serving", latest: number) => {
    const due = faults.filter((fault) => (fault.moment ?? "serving") === moment);
    if (due.length === 0) return;
    await Promise.all(due.map(async (fault) => {
      await pause(random.between(0, latest));
      const scene = { ...preparation, harness, launcher, load: load!, note } satisfies Scene;
      expectations.set(fault, await fault.inject(scene) ?? fault.expects);
    }));
    expected = combine([...expectations.values()]);
  };

  let end = performance.now();
  await inject("start", LATEST_AT_START_MS);
  const isReady = await becomesReady(launcher);
  if (isReady) {
    load = new VerifiedLoad(image, `${seed} load`);
    undo.defer(() => load?.stop());
    await until(READY_MS, "a steady load", () => load!.whole >= 10 || !launcher.isRunning);
    end = performance.now();
    await inject("serving", LATEST_SERVING_MS);
  }
  const bound = (expected.ends ? 2 : 1) * grace * 1000 + AFTER_GRACE_MS + SCHEDULING_MS;
  const mayServeOn = !expected.ends || expected.mayServeOn;
  if (isReady && mayServeOn && !expected.killsTandem) await servesOn(launcher, load!, expected);
  let arrived = new Set<string>();
  let isStopped = false;
  if (isReady && mayServeOn && !expected.killsTandem && launcher.isRunning) {
    isStopped = true;
    arrived = new Set(image.arrived());
    end = performance.now();
    launcher.signal(random.pick(["SIGTERM", "SIGINT", "SIGQUIT"]));
  }
  const exit = await ended(launcher, bound, expected);
  result.status = exit?.code;
  result.took = exit && exit.at - end;
  await undo.disposeAsync();
  result.answered = load?.whole ?? 0;
  result.failed = load?.failed.filter(({ endedAt }) => endedAt < end).length ?? 0;

  assertNoDefect(launcher);
  assertStatus(exit?.code, expected, isStopped, isReady);
  if (load) assertNothingLost(load.failed, expected, arrived, isStopped ? end : Infinity);
  if (expected.killsTandem || expected.leavesFiles) {
    await startAgain(harness, launcher, setup, expected, grace);
  }
}

/** @returns false if tandem has exited */
async function becomesReady(launcher: Launcher): Promise<boolean> {
  const isReady = () => launcher.lines.some((line) => /ready in \d+ ms/.test(line));
  await until(
    READY_MS,
    "the pair is ready or has exited",
    () => isReady() || !launcher.isRunning,
  );
  return isReady() && launcher.isRunning;
}

/** Waits until requests that were sent after the faults are answered. */
async function servesOn(
  launcher: Launcher,
  load: VerifiedLoad,
  { cannotServe }: Expectation,
): Promise<void> {
  if (cannotServe) return;
  const since = performance.now();
  const isAnswer = ({ outcome, sentAt }: Exchange) => outcome === "whole" && sentAt > since;
  await until(
    SERVES_MS,
    "answers after the faults",
    () => !launcher.isRunning || load.exchanges.filter(isAnswer).length >= LEAST_ANSWERS,
  );
}

const SERVES_MS = 60_000;

/** The outputs of a tandem that was killed may be held open by its children. */
async function ended(launcher: Launcher, bound: number, { killsTandem }: Expectation) {
  if (!killsTandem) return await launcher.exit(bound);
  await until(bound, "tandem's end", () => !launcher.isRunning);
  return undefined;
}
