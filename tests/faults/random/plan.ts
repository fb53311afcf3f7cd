/** Which round does what: the seed and the number of a round determine it, whatever came before. */

import { type Fault, isHarmless } from "./fault.ts";
import { RandomNumbers } from "./random_numbers.ts";
import { chooseSetup, type Setup } from "./setup.ts";

export interface RoundPlan {
  /** From 1. */
  readonly number: number;
  /** Of all that is random in the round. */
  readonly seed: string;
  readonly setup: Setup;
  readonly faults: readonly Fault[];
}

/** Of a second fault at the same time. */
const COMPANY = 1 / 3;
/** Until a fault has a setup to which it applies. */
const ATTEMPTS = 1000;

/** Each fault comes once before any comes again. @returns `undefined` if no setup has the fault */
export function planRound(
  all: readonly Fault[],
  seed: string,
  number: number,
): RoundPlan | undefined {
  const deck = Math.floor((number - 1) / all.length);
  const main = new RandomNumbers(`${seed} deck ${deck}`)
    .shuffled(all)[(number - 1) % all.length]!;
  const own = `${seed}/${number}`;
  const random = new RandomNumbers(own);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const setup = chooseSetup(random);
    const fits = (fault: Fault) => fault.applies?.(setup) ?? true;
    if (!fits(main)) continue;
    const others = all.filter((fault) => fault !== main && isHarmless(fault) && fits(fault));
    // A fault that needs a running pair would fail beside one that ends it.
    const mayHaveCompany = !main.expects.ends && !main.expects.killsTandem && others.length > 0;
    const company = mayHaveCompany && random.chance(COMPANY) ? [random.pick(others)] : [];
    return { number, seed: own, setup, faults: [main, ...company] };
  }
  return undefined;
}
