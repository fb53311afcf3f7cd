/** What the suite prints: a line for each round, and a table of the faults. */

import { describeSetup } from "./setup.ts";
import type { Fault } from "./fault.ts";
import type { RoundResult } from "./round.ts";

export function describeRound(result: RoundResult): string {
  const { plan: { seed, setup, faults }, notes, status, took, answered, failed, failure } = result;
  const names = faults.map(({ name }) => name).join(" and ");
  const end = status === undefined ? "killed" : `exit ${status} after ${Math.round(took ?? 0)} ms`;
  const requests = `${answered} answered${failed ? `, ${failed} not` : ""}`;
  const noted = notes.length ? ` (${notes.join("; ")})` : "";
  const verdict = failure === undefined ? "ok    " : "FAILED";
  return `${verdict} ${seed.padEnd(14)} ${names}${noted}: ${end}; ${requests}; ${
    describeSetup(setup)
  }`;
}

/** The first row is the head. */
export function faultTable(
  all: readonly Fault[],
  results: readonly RoundResult[],
): string[][] {
  const rows = all.flatMap((fault) => {
    const own = results.filter(({ plan }) => plan.faults.includes(fault));
    if (own.length === 0) return [];
    const sum = (count: (result: RoundResult) => number) =>
      own.reduce((total, result) => total + count(result), 0);
    const statuses = new Set(
      own.map(({ status }) => status === undefined ? "killed" : `${status}`),
    );
    const slowest = Math.max(...own.map(({ took = 0 }) => took));
    return [[
      fault.name,
      `${own.length}`,
      `${sum(({ failure }) => failure === undefined ? 0 : 1)}`,
      [...statuses].sort().join(", "),
      `${(slowest / 1000).toFixed(1)} s`,
      `${sum(({ answered }) => answered)}`,
    ]];
  });
  return [
    ["fault", "rounds", "failed", "exit statuses", "slowest exit", "answers checked"],
    ...rows,
  ];
}
