/**
 * Runs the models and the property tests with many cases: `--cases N`, `--sequences N` on the real pair, `--seed N`;
 * `--write` puts the figures into docs/reliability.md.
 */

// deno-lint-ignore-file no-console -- a script prints

import { parseArgs } from "node:util";
import { readSources } from "../../scripts/imports.ts";
import type { PropertyResult } from "../support/property_report.ts";
import { repository } from "../support/paths.ts";
import { writeReliability } from "./reliability.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "20000" },
    sequences: { type: "string", default: "10" },
    seed: { type: "string", default: `${Math.floor(Math.random() * 1e6)}` },
    write: { type: "boolean", default: false },
  },
});

/** Those that register their tests through the shared setting. */
const unitFiles = readSources("tests/unit")
  .filter(({ imports }) => imports.includes("tests/unit/support/cases.ts"))
  .map(({ path }) => path);

const report = Deno.makeTempFileSync({ prefix: "tandem-properties-" });
const begin = performance.now();
let succeeded = true;
let results: PropertyResult[];
try {
  for (const files of [unitFiles, ["tests/e2e/stop/model_test.ts"]]) {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--quiet", ...files],
      cwd: repository,
      env: {
        TANDEM_CASES: values.cases,
        TANDEM_MODEL_RUNS: values.sequences,
        TANDEM_SEED: values.seed,
        TANDEM_CASES_REPORT: report,
      },
    }).spawn().status;
    succeeded &&= success;
  }
  results = Deno.readTextFileSync(report).trim().split("\n").map((line) => JSON.parse(line));
} finally {
  Deno.removeSync(report);
}

const cases = results.reduce((sum, one) => sum + one.cases, 0);
const failures = results.filter(({ failed }) => failed).length;
const seconds = Math.round((performance.now() - begin) / 1000);
const date = new Date().toISOString().slice(0, 10);
const facts = `${date}, seed ${values.seed}: ${results.length} properties, ` +
  `${cases.toLocaleString("en")} cases, ${failures} failures, ${seconds} s. The same again:\n` +
  `\`./scripts/deno task test:properties --cases ${values.cases} --sequences ${values.sequences} ` +
  `--seed ${values.seed}\``;
const rows = [
  ["property", "cases", "failures", "seconds"],
  ...results.map(({ name, cases, failed, milliseconds }) => [
    name,
    cases.toLocaleString("en"),
    failed ? "1" : "0",
    (milliseconds / 1000).toFixed(1),
  ]),
];

if (values.write && succeeded) {
  writeReliability("models and properties", facts, rows);
  await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", `${repository}/docs/reliability.md`],
  }).spawn().status;
}
console.log(`\n${facts}`);
if (!succeeded) Deno.exit(1);
