import assert from "node:assert/strict";
import { withMetrics } from "../../../scripts/metrics_doc.ts";
import { metricsTable } from "../../../lib/status/metrics_table.ts";
import { repository } from "../../support/paths.ts";

const page = Deno.readTextFileSync(`${repository}/docs/metrics.md`);

Deno.test("docs: the table of docs/metrics.md matches the code", () => {
  const fix = "docs/metrics.md is behind the code, run: deno run -A scripts/metrics_doc.ts";
  assert.ok(withMetrics(page) === page, fix);
});

Deno.test("docs: the alerts of docs/metrics.md use metrics that exist", () => {
  const names = metricsTable.map(({ name }) => `tandem_${name}`);
  const used = [...page.matchAll(/^ +expr: (.+)$/gm)]
    .flatMap(([, expression]) => expression!.match(/\btandem_\w+/g) ?? []);
  assert.ok(used.length >= 6, `${used}`);
  assert.deepEqual(used.filter((name) => !names.includes(name)), []);
});
