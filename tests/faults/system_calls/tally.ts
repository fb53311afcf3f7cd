/** Sums up the runs for the terminal and for docs/reliability.md. */

import { repository } from "../../support/paths.ts";
import { type ReliabilitySection, writeReliability } from "../reliability.ts";
import { type Case, nameOf } from "./cases.ts";
import type { Defect, Verdict } from "./verdict.ts";

export interface Planned {
  edition: string;
  tested: Case;
}

export interface Result extends Planned {
  verdict: Verdict;
  exitMs: number;
}

const HEAD_ERRORS = ["calls", "calls × errors"];
const HEAD_SIGNALS = ["moments"];
const HEAD_COMMON = [
  "runs",
  "of all",
  "hangs",
  "lost children",
  "internal errors",
  "other findings",
  "worst time to exit",
];

export function errorRows(results: Result[], planned: Planned[]): string[][] {
  const rows = groups(results, ({ tested }) => tested.injection.kind === "error");
  return [
    ["edition", ...HEAD_ERRORS, ...HEAD_COMMON],
    ...rows.map(([edition, group]) => {
      const pairs = group.map(({ tested: { site, injection } }) =>
        `${site.call} ${nameOf(injection)}`
      );
      const cases = planned.filter(({ edition: of, tested }) =>
        of === edition && tested.injection.kind === "error"
      ).length;
      const calls = new Set(group.map(({ tested }) =>
        tested.site.call
      ));
      return [edition, `${calls.size}`, `${new Set(pairs).size}`, ...common(group, cases)];
    }),
  ];
}

export function signalRows(results: Result[], planned: Planned[]): string[][] {
  const rows = groups(results, ({ tested }) => tested.injection.kind !== "error");
  return [
    ["edition", "what", ...HEAD_SIGNALS, ...HEAD_COMMON],
    ...rows.flatMap(([edition, group]) =>
      [...Map.groupBy(group, ({ tested }) => nameOf(tested.injection))].sort().map(
        ([name, runs]) => {
          const cases = planned.filter(({ edition: of, tested }) =>
            of === edition && nameOf(tested.injection) === name
          ).length;
          const moments = new Set(runs.map(({ tested: { site } }) =>
            `${site.call} ${site.index}`
          ));
          return [edition, name, `${moments.size}`, ...common(runs, cases)];
        },
      )
    ),
  ];
}

/** Replaces the rows of the editions that ran, so that each edition can have a run of its own. */
export function writeRows(section: ReliabilitySection, facts: string, rows: string[][]): void {
  const [head = [], ...fresh] = rows;
  const text = Deno.readTextFileSync(`${repository}/docs/reliability.md`);
  const [, old = ""] = text.split(new RegExp(`<!-- /?${section} -->`));
  const kept = old.split("\n").filter((line) => line.startsWith("| tandem"))
    .map((line) => line.slice(2, -2).split(" | ").map((cell) => cell.trim()))
    .filter(([edition]) => !fresh.some((row) => row[0] === edition));
  const all = [...kept, ...fresh].sort((a, b) => a[0]! < b[0]! ? -1 : a[0]! > b[0]! ? 1 : 0);
  writeReliability(section, facts, [head, ...all]);
}

function groups(results: Result[], filter: (result: Result) => boolean): [string, Result[]][] {
  const reached = results.filter(({ verdict }) => verdict.wasReached).filter(filter);
  return [...Map.groupBy(reached, ({ edition }) => edition)];
}

function common(group: Result[], cases: number): string[] {
  const count = (...kinds: Defect[]) =>
    `${
      group.filter(({ verdict }) => verdict.defects.some(({ kind }) => kinds.includes(kind))).length
    }`;
  const worst = Math.max(...group.map(({ exitMs }) => exitMs));
  return [
    `${group.length}`,
    `${cases}`,
    count("hang"),
    count("lost child"),
    count("internal error"),
    count("file left", "answer", "status"),
    `${(worst / 1000).toFixed(1)} s`,
  ];
}
