/** Sums up the runs for the terminal and for docs/reliability.md. */

import { type Case, nameOf } from "./cases.ts";
import type { Defect, Verdict } from "./verdict.ts";

export interface Result {
  edition: string;
  tested: Case;
  verdict: Verdict;
  exitMs: number;
}

const HEAD_ERRORS = ["calls", "calls × errors"];
const HEAD_SIGNALS = ["moments"];
const HEAD_COMMON = [
  "runs",
  "hangs",
  "lost children",
  "internal errors",
  "other findings",
  "worst time to exit",
];

export function errorRows(results: Result[]): string[][] {
  const rows = groups(results, ({ tested }) => tested.injection.kind === "error");
  return [
    ["edition", ...HEAD_ERRORS, ...HEAD_COMMON],
    ...rows.map(([edition, group]) => {
      const pairs = group.map(({ tested: { site, injection } }) =>
        `${site.call} ${nameOf(injection)}`
      );
      const calls = new Set(group.map(({ tested }) => tested.site.call));
      return [edition, `${calls.size}`, `${new Set(pairs).size}`, ...common(group)];
    }),
  ];
}

export function signalRows(results: Result[]): string[][] {
  const rows = groups(results, ({ tested }) => tested.injection.kind !== "error");
  return [
    ["edition", "what", ...HEAD_SIGNALS, ...HEAD_COMMON],
    ...rows.flatMap(([edition, group]) =>
      [...Map.groupBy(group, ({ tested }) => nameOf(tested.injection))].sort().map(
        ([name, runs]) => {
          const moments = new Set(runs.map(({ tested: { site } }) => `${site.call} ${site.index}`));
          return [edition, name, `${moments.size}`, ...common(runs)];
        },
      )
    ),
  ];
}

function groups(results: Result[], filter: (result: Result) => boolean): [string, Result[]][] {
  const reached = results.filter(({ verdict }) => verdict.wasReached).filter(filter);
  return [...Map.groupBy(reached, ({ edition }) => edition)];
}

function common(group: Result[]): string[] {
  const count = (...kinds: Defect[]) =>
    `${
      group.filter(({ verdict }) => verdict.defects.some(({ kind }) => kinds.includes(kind))).length
    }`;
  const worst = Math.max(...group.map(({ exitMs }) => exitMs));
  return [
    `${group.length}`,
    count("hang"),
    count("lost child"),
    count("internal error"),
    count("file left", "answer", "status"),
    `${(worst / 1000).toFixed(1)} s`,
  ];
}
