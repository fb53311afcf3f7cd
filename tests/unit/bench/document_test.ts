/** docs/benchmark.md, its pictures and the numbers in other documents are what docs/benchmark.json says. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  DATA,
  documentFiles,
  readBenchmark,
  strayPictures,
} from "../../../scripts/bench/document.ts";
import { comparisons, headlines } from "../../../scripts/bench/document/headlines.ts";
import { failuresOf, merge } from "../../../scripts/bench/document/data.ts";
import { format, jsonText } from "../../../scripts/bench/document/format.ts";
import { page } from "../../../scripts/bench/document/page.ts";
import { measurements } from "../../../scripts/bench/measurements.ts";
import { repository } from "../../support/paths.ts";
import { result, sample } from "./data.ts";

const data = readBenchmark()!;

Deno.test("benchmark: the documents and pictures are what docs/benchmark.json makes", async () => {
  const files = await documentFiles(data);
  const stale = Object.entries(files)
    .filter(([path, text]) => Deno.readTextFileSync(`${repository}/${path}`) !== text)
    .map(([path]) => path);
  const behind = `behind ${DATA}, run: deno run -A scripts/bench/document.ts`;
  deepEqual([...stale, ...strayPictures(files)], [], behind);
});

Deno.test("benchmark: the data are written as they are formatted, a line for the samples of a metric", async () => {
  const text = Deno.readTextFileSync(`${repository}/${DATA}`);
  equal(text, await format(jsonText(data), "json"));
  const all = [[0.5, null, 1e-7], [], ["a, b"], [null]];
  deepEqual(JSON.parse(jsonText(all)), all);
  match(jsonText({ samples: [1, null, 2.5] }), /"samples": \[ 1, null, 2\.5 \]/);
});

Deno.test("benchmark: each headline is a metric of a measurement", () => {
  for (const { measurement, metric } of headlines) {
    const { metrics } = measurements.find(({ name }) => name === measurement)!;
    ok(metrics.some(({ title }) => title === metric), `${measurement} has no ${metric}`);
  }
});

Deno.test("benchmark: a run of some parts replaces those, and keeps the order of the document", () => {
  const again = result("start", "exec to gunicorn, ms", { tandem: [1] });
  const order = { results: ["memory", "start", "loss"], growth: ["workers"] };
  const empty = { notes: [], columns: [], candidates: [] };
  const run = { ...sample, results: [again], growth: [], features: empty };
  const merged = merge(sample, run, order);
  deepEqual(merged.results, [sample.results[1], again]);
  deepEqual(merged.growth, sample.growth);
  deepEqual(merged.features, sample.features);
  deepEqual(merge(undefined, run, order), run);
  // A measurement that was removed is not kept.
  deepEqual(merge(sample, run, { results: ["start"], growth: [] }).results, [again]);
  deepEqual(merge(sample, run, { results: [], growth: ["work"] }).growth, []);
});

Deno.test("benchmark: the summary says by rule where tandem wins, loses and is equal", () => {
  deepEqual(comparisons(sample, "tandem-slim"), [
    "**tandem:** better in exec to gunicorn (5.5 against 42.0 ms), memory (3.0 against 59.5 MB).",
    "**seed serve:** better in exec to gunicorn (5.5 against 22.0 ms), memory (3.0 against 11.5 MB).",
    "**tini + sh:** worse in exec to gunicorn (5.5 against 1.5 ms); equal in memory (3.0 against 3.2 MB).",
  ]);
});

Deno.test("benchmark: the page has a section, a picture and the numbers of each part", () => {
  const text = page(sample);
  for (const { title, measurement, notes } of sample.results) {
    ok(text.includes(`## ${title}\n`), title);
    ok(text.includes(`srcset="benchmark/${measurement}-dark.svg"`), measurement);
    ok(text.includes(`- ${notes[0]}`));
  }
  match(text, /^\| tandem +\| 42\.0 \(40\.0-44\.0\) +\|$/m);
  match(text, /^## By workers$/m);
  match(text, /^### Memory while it serves, by workers$/m);
  match(text, /^\| tini \+ sh +\| 3\.5 \(3\.0-4\.0\) +\| 34\.5 \(34\.0-35\.0\) +\|/m);
  match(text, /^\| Waits for the app\? +\| yes +\| no +\|$/m);
  match(text, /^- s6: not installed$/m);
});

Deno.test("benchmark: a part that is older than others says of which commit it is", () => {
  const old = { date: "2026-01-01", commit: "aaa", load: 0 };
  const now = { date: "2026-02-01", commit: "bbb", load: 0 };
  const [start, memory] = sample.results;
  const results = [{ ...start!, measured: old }, { ...memory!, measured: now }];
  const text = page({ ...sample, results });
  equal(text.match(/^Measured on 2026-01-01 at aaa/gm)?.length, 1);
  equal(text.match(/^Measured on 2026-02-01/gm), null);
});

Deno.test("benchmark: failures of each kind of part are told and are on the page", () => {
  const reason = "no 200\nits output";
  const [start] = sample.results;
  const [memory] = sample.growth;
  const failing = {
    ...sample,
    results: [{ ...start!, failures: [{ name: "s6", reason }] }],
    growth: ["memory", "cpu"].map((curve) => ({
      ...memory!,
      name: `workers-${curve}`,
      failures: [{ name: "s6", x: 32, reason }],
    })),
    features: { ...sample.features, failures: [{ name: "s6", column: "waits", reason }] },
  };
  deepEqual(failuresOf(sample), []);
  deepEqual(failuresOf(failing), [
    `start, s6: ${reason}`,
    `workers 32, s6: ${reason}`,
    `waits, s6: ${reason}`,
  ]);
  const text = page(failing);
  match(text, /^- Failed, s6: no 200$/m);
  match(text, /^- Failed, s6 at 32: no 200$/m);
  match(text, /^- Undecided, waits of s6: no 200$/m);
});
