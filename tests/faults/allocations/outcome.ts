/** How a run with a failed allocation may end: as if none had failed, or with "out of memory" and 71. */

import { EXIT } from "../../../lib/plan/exit_codes.ts";

/** What the run did, or was still doing when its time was over. */
export interface Outcome {
  /** `undefined` if it hung. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

export type Verdict =
  | { kind: "out of memory"; stoppedChildren: boolean }
  | { kind: "unaffected" }
  | { kind: "broken"; reason: string };

const SANITIZER = /AddressSanitizer|LeakSanitizer|UndefinedBehaviorSanitizer|runtime error:/;
const REFUSED = /^tandem: out of memory(, stopping nginx and gunicorn)?: check ulimit -v$/m;

/** @param isUnaffected whether it did what it does when no allocation fails */
export function verdictOf(
  outcome: Outcome,
  isUnaffected: (outcome: Outcome) => boolean,
): Verdict {
  const { code, stderr } = outcome;
  const broken = (reason: string): Verdict => ({ kind: "broken", reason });
  if (code === undefined) return broken("hang");
  if (SANITIZER.test(stderr)) return broken("sanitizer report");
  if (code === EXIT.outOfMemory) {
    const [said, stopped] = REFUSED.exec(stderr) ?? [];
    if (said === undefined) return broken("71 without a word");
    return { kind: "out of memory", stoppedChildren: stopped !== undefined };
  }
  if (isUnaffected(outcome)) return { kind: "unaffected" };
  return broken(`exit ${code}, ${stderr.trim().split("\n")[0] || "no message"}`);
}

export interface Failing {
  /** Counted from 1. */
  nth: number;
  /** Whether all after it fail too. */
  andAllAfter: boolean;
}

export function failingVariable({ nth, andAllAfter }: Failing): Record<string, string> {
  return { FAILING_ALLOCATION: `${nth}${andAllAfter ? "+" : ""}` };
}
