/** What has to hold after a round. */

import assert from "node:assert/strict";
import type { Launcher } from "../../support/launcher.ts";
import type { Expectation } from "./fault.ts";
import type { Exchange } from "./verified_load.ts";

const DEFECT =
  /internal error|panicked at|Sanitizer|runtime error: |Uncaught|fatal error|^ {4}at .*:\d+/;
/** The contract's statuses for a defect of tandem itself. */
const INTERNAL_ERROR = 70;

export function assertNoDefect({ stderr }: Launcher): void {
  const found = stderr.lines.filter((line) => DEFECT.test(line) && !/gunicorn +\|/.test(line));
  assert.deepEqual(found, [], "lines of a defect of tandem");
}

/** @param status `undefined` if tandem was killed */
export function assertStatus(
  status: number | undefined,
  expected: Expectation,
  isStopped: boolean,
  isReady: boolean,
): void {
  if (status === undefined) return;
  assert.notEqual(status, INTERNAL_ERROR, "an internal error");
  const { ends = [], mayServeOn, holdsStop, mayNotStart = [] } = expected;
  const ofStop = holdsStop ? [0, 124] : [0];
  const right = !isReady
    ? [...mayNotStart, ...ends]
    : isStopped
    ? [...ofStop, ...(mayServeOn ? ends : [])]
    : ends;
  assert.ok(right.includes(status), `exit status ${status}, expected ${right.join(" or ")}`);
}

/**
 * A request may be refused after the stop, or lost with a connection that nginx has not accepted yet; but one that the
 * app had by then is answered, and no answer is cut.
 * @param arrived the ids of the requests that had reached the app before the stop
 */
export function assertNothingLost(
  failed: readonly Exchange[],
  { losesRequests }: Expectation,
  arrived: ReadonlySet<string>,
  stoppedAt: number,
): void {
  const bad = failed.filter(({ outcome, id, endedAt }) => {
    if (losesRequests) return outcome === "wrong";
    const isOutside = outcome === "refused" || outcome === "unanswered";
    return !isOutside || endedAt < stoppedAt || arrived.has(id);
  });
  const texts = bad.slice(0, 5).map(({ outcome, detail, id, sentAt, endedAt }) =>
    `${id} ${outcome} (${detail}), sent ${Math.round(sentAt - stoppedAt)} ms and over ` +
    `${Math.round(endedAt - stoppedAt)} ms after the stop`
  );
  assert.equal(bad.length, 0, `${bad.length} requests failed: ${texts.join("; ")}`);
}
