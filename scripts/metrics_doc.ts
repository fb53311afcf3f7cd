// deno-lint-ignore-file no-console -- a script prints
// Updates the table of docs/metrics.md from the table of metrics in lib/status/.
//
//   deno run -A scripts/metrics_doc.ts

import { type Metric, metricsTable } from "../lib/status/metrics_table.ts";
import { markdownTable, withSection } from "./sections.ts";

const pagePath = new URL("../docs/metrics.md", import.meta.url);

/** Returns the page with the current table. @throws {Error} if a marker is missing */
export function withMetrics(page: string): string {
  const rows = metricsTable.map((metric) => [
    `\`tandem_${metric.name}\``,
    metric.type,
    labelsOf(metric),
    metric.help + (metric.absent ? `. Absent if ${metric.absent}` : ""),
  ]);
  const table = markdownTable([["metric", "type", "labels", "meaning"], ...rows]);
  return withSection(page, "docs/metrics.md", "metrics", table);
}

function labelsOf({ labels = {} }: Metric): string {
  return Object.entries(labels)
    .map(([name, values]) => `\`${name}\`${values ? `: ${values.join(", ")}` : ""}`)
    .join("; ");
}

if (import.meta.main) {
  const page = Deno.readTextFileSync(pagePath);
  const current = withMetrics(page);
  if (current !== page) Deno.writeTextFileSync(pagePath, current);
  console.log(
    current === page ? "docs/metrics.md is up to date" : "docs/metrics.md: table updated",
  );
}
