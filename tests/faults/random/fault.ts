/** A fault: what it does to a running pair, and what may follow from it. */

import type { Image } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import type { Harness } from "../../support/harness.ts";
import type { RandomNumbers } from "./random_numbers.ts";
import type { Setup } from "./setup.ts";
import type { VerifiedLoad } from "./verified_load.ts";

/** Without any of these the pair serves on, every request is answered, and a stop ends the run with 0. */
export interface Expectation {
  /** Requests may fail, and answers may be cut, because a process that serves them is killed or held up. */
  losesRequests?: boolean;
  /** No request can be answered until the stop. */
  cannotServe?: boolean;
  /** The exit statuses of a run that the fault ends. */
  ends?: readonly number[];
  /** The fault need not end the run, and the pair need not serve after it. */
  mayServeOn?: boolean;
  /** Something may last until the end of the grace period, so 124 is right for a stop. */
  holdsStop?: boolean;
  /** tandem itself is killed, and the next start has to cope with what it left. */
  killsTandem?: boolean;
  /** tandem cannot tidy up, and the next start has to cope with what it left. */
  leavesFiles?: boolean;
  /** tandem may refuse to start, with these statuses. */
  mayNotStart?: readonly number[];
}

/** What a fault may change of a start. */
export interface Preparation {
  readonly image: Image;
  readonly random: RandomNumbers;
  readonly setup: Setup;
  /** Further arguments of tandem. */
  readonly args: string[];
  readonly env: Record<string, string>;
  /** A command that ends by exec of tandem. */
  readonly prefix: string[];
  /** What is undone after the run, before the checks of what is left. */
  readonly undo: AsyncDisposableStack;
}

export interface Scene extends Preparation {
  readonly harness: Harness;
  readonly launcher: Launcher;
  readonly load: VerifiedLoad;
  /** Adds to the line of the round. */
  note(text: string): void;
}

export interface Fault {
  readonly name: string;
  /** "start" is a random moment before the pair is ready. By default it is serving under load. */
  readonly moment?: "start" | "serving";
  readonly expects: Expectation;
  /** By default, to every setup. */
  applies?(setup: Setup): boolean;
  prepare?(preparation: Preparation): void | Promise<void>;
  /** @returns what is expected if that differs from `expects`, which then does not count */
  inject(scene: Scene): Promise<Expectation | void>;
}

export function combine(all: readonly Expectation[]): Expectation {
  const any = (holds: (expectation: Expectation) => boolean | undefined) =>
    all.some((one) => holds(one));
  const ends = all.flatMap(({ ends = [] }) => ends);
  const mayNotStart = all.flatMap(({ mayNotStart = [] }) => mayNotStart);
  return {
    losesRequests: any((one) => one.losesRequests),
    ...ends.length && { ends },
    cannotServe: any((one) => one.cannotServe),
    mayServeOn: all.every((one) => !one.ends || one.mayServeOn),
    holdsStop: any((one) => one.holdsStop),
    killsTandem: any((one) => one.killsTandem),
    leavesFiles: any((one) => one.leavesFiles),
    ...mayNotStart.length && { mayNotStart },
  };
}

/** Whether the pair serves on as if nothing had happened, so that a fault can accompany any other. */
export function isHarmless({ expects, prepare, moment }: Fault): boolean {
  return Object.values(expects).every((value) => !value) && !prepare && moment !== "start";
}
