/** docs/benchmark.md as Markdown, before `deno fmt` wraps its lines. */

import { markdownTable } from "../../sections.ts";
import { panelsOf } from "../plots/bars.ts";
import { isFlat } from "../plots/lines.ts";
import { featureTable, growthTable, resultTable } from "../report.ts";
import {
  type Benchmark,
  type FeatureTable,
  growthOf,
  type GrowthResult,
  type Measured,
  partsOf,
  type Result,
} from "./data.ts";
import { comparisons, headlineTable } from "./headlines.ts";
import { OVERVIEW, picture } from "./pictures.ts";

/** Of the pictures, seen from the page. */
const FOLDER = "benchmark";

export function page(data: Benchmark): string {
  const measured = partsOf(data).flatMap(({ measured }) => measured ?? []);
  const latest = measured.toSorted((a, b) => a.date.localeCompare(b.date)).at(-1);
  return [
    "# Benchmark",
    "<!-- Written from benchmark.json by scripts/bench/document.ts: change it there. -->",
    intro,
    "## At a glance",
    picture(
      OVERVIEW,
      "The main figures of all candidates as bars; the table has them as numbers",
      FOLDER,
    ),
    "Medians; less is better in each column. `?` was not measured. What else the files need is in the table of features.",
    headlineTable(data),
    standing(data),
    "## Machine and versions",
    machineTable(data, measured),
    ...leftOut(data),
    "## How to repeat it",
    howTo,
    ...sections(data, latest),
  ].join("\n\n");
}

const intro =
  "tandem beside the script that it replaces (`seed serve`; `seed, fixed` is the same with working signals) " +
  "and the usual supervisors, all starting the same nginx and gunicorn. " +
  "A cell is the median, from the least to the greatest value in brackets, and × the ratio of the medians to " +
  "`seed serve`; – is what a candidate cannot do. [benchmark.json](benchmark.json) has each sample.";

const howTo = `\`\`\`sh
./scripts/deno task bench                           # writes this page, its pictures and the README's numbers
./scripts/deno task bench --only start --rounds 5   # replaces only what it measures
./scripts/deno task bench --no-write                # prints the tables only
\`\`\`

It needs root for PID namespaces and for Debian's packages, and a machine that does nothing else: it says so if the ` +
  "load average is above 0.5. All candidates take turns in each round, so a busy minute affects all of them.";

/** Where tandem wins and where it loses, by rule: not a word of it is chosen by hand. */
function standing(data: Benchmark): string {
  const slim = comparisons(data, "tandem-slim");
  const deno = comparisons(data, "tandem");
  const own = (lines: string[], names: string[]) =>
    list(lines.filter((line) => names.some((name) => line.startsWith(`**${name}:`))));
  return [
    "`tandem-slim` against each of the others; equal means that the middle halves of their samples overlap:",
    list(slim.filter((line) => !line.startsWith("**tandem:"))),
    "`tandem`, the edition on Deno:",
    own(deno, ["tandem-slim", data.baseline]),
  ].join("\n\n");
}

function machineTable({ machine, versions }: Benchmark, measured: Measured[]): string {
  const span = (values: (string | number)[]) => {
    const [first, last] = [values[0], values.at(-1)];
    return first === last ? `${first ?? "?"}` : `${first} to ${last}`;
  };
  const loads = measured.map(({ load }) => load).toSorted((a, b) => a - b);
  return markdownTable([
    ["", ""],
    ["CPU", `${machine.cpu}, ${machine.cores} cores`],
    ["memory", machine.memory],
    ["system", `${machine.debian}, Linux ${machine.kernel}`],
    ["commit", [...new Set(measured.map(({ commit }) => commit))].join(", ")],
    ["date", span(measured.map(({ date }) => date).toSorted())],
    ["load average before the run", span(loads)],
    ...Object.entries(versions),
  ]);
}

function leftOut({ unavailable }: Benchmark): string[] {
  const lines = Object.entries(unavailable).map(([name, reason]) =>
    `- ${name}: ${reason.split("\n")[0]}`
  );
  return lines.length > 0 ? ["Left out:", lines.join("\n")] : [];
}

/** Measurements that are read after the curves. */
const late = ["idle"];

/** What a reader waits for and what it costs, then how that grows, then the table of features. */
function sections({ results, growth, features }: Benchmark, latest: Measured | undefined) {
  const [early, later] = [false, true].map((isLate) =>
    results.filter(({ measurement }) => late.includes(measurement) === isLate)
      .flatMap((result) => resultSection(result, latest))
  );
  return [
    ...early!,
    ...Map.groupBy(growth, ({ name }) => growthOf(name)).values()
      .flatMap((curves) => growthSection(curves, latest)),
    ...later!,
    ...features.columns.length > 0
      ? [
        "## Features",
        ...dated(features, latest),
        featureTable(features),
        list([...features.notes, ...undecided(features)]),
      ]
      : [],
  ].filter((text) => text !== "");
}

function resultSection(result: Result, latest: Measured | undefined): string[] {
  const { title, measurement, rounds, notes, failures } = result;
  const drawn = panelsOf(result).length > 0;
  const reasons = failures.map(({ name, reason }) => `Failed, ${name}: ${reason.split("\n")[0]}`);
  return [
    `## ${title}`,
    ...drawn ? [picture(measurement, `${title}: bars; the table has the numbers`, FOLDER)] : [],
    rounds === 1 ? "One round." : `${rounds} rounds.`,
    ...dated(result, latest),
    resultTable(result),
    list([...notes, ...reasons]),
  ];
}

/** The curves of one growth have their notes in common. */
function growthSection(curves: GrowthResult[], latest: Measured | undefined): string[] {
  const [{ x, notes, failures = [] }] = curves as [GrowthResult];
  const reasons = failures.map(({ name, x, reason }) =>
    `Failed, ${name} at ${x}: ${reason.split("\n")[0]}`
  );
  return [
    `## By ${x}`,
    list([...notes, "Both axes are logarithmic.", ...reasons]),
    ...dated(curves[0]!, latest),
    ...curves.flatMap((curve) => [
      `### ${curve.title}, by ${x}`,
      ...isFlat(curve)
        ? []
        : [picture(curve.name, `${curve.title}: lines; the table has the numbers`, FOLDER)],
      `${curve.y}:`,
      growthTable(curve),
    ]),
  ];
}

function undecided({ failures = [] }: FeatureTable): string[] {
  return failures.map(({ name, column, reason }) =>
    `Undecided, ${column} of ${name}: ${reason.split("\n")[0]}`
  );
}

/** Only for a part that is older than others. */
function dated({ measured }: { measured?: Measured }, latest: Measured | undefined): string[] {
  if (!measured || !latest || measured.commit === latest.commit) return [];
  return [`Measured on ${measured.date} at ${measured.commit}, load average ${measured.load}.`];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
