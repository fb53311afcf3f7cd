/** Registers a property as a test. All properties share the number of cases, the seed and the report of a run. */

import fc from "fast-check";
import { reportProperty } from "../../support/property_report.ts";

/** How many cases a cheap property has; `TANDEM_CASES` changes it. */
export const CASES = Number(Deno.env.get("TANDEM_CASES") ?? 1000);

/** The same cases in each run of the gate; `test:properties` tries others. A failure prints the seed. */
const SEED = Number(Deno.env.get("TANDEM_SEED") || 1);

export interface PropertyOptions {
  /** For a case that takes more than 10 ms: the number of cases is divided by it. */
  cost?: number;
}

type Arbitraries<T extends unknown[]> = { [Index in keyof T]: fc.Arbitrary<T[Index]> };

/** @param check throws if the property does not hold */
export function property<T extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: Arbitraries<T>,
  check: (...values: T) => void | Promise<void>,
  { cost = 1 }: PropertyOptions = {},
): void {
  Deno.test(name, async () => {
    const parameters = {
      numRuns: Math.max(1, Math.round(CASES / cost)),
      includeErrorInReport: true,
      seed: SEED,
    };
    const begin = performance.now();
    const tested = fc.asyncProperty(
      ...arbitraries as Arbitraries<unknown[]> as [fc.Arbitrary<unknown>],
      (...values: unknown[]) => Promise.resolve(check(...values as T)),
    );
    const details = await fc.check(tested, parameters);
    const milliseconds = Math.round(performance.now() - begin);
    const { numRuns, failed, seed } = details;
    reportProperty({ name, cases: numRuns, failed, seed, milliseconds });
    if (failed) throw new Error(await fc.asyncDefaultReportMessage(details));
  });
}
