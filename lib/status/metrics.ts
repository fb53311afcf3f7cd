/** Writes metrics in the text format of Prometheus, for `status --format prometheus` and `--textfile`. Pure. */

import { type MetricSample, metricsTable } from "./metrics_table.ts";
import type { StatusView } from "./view.ts";

/** Begins every text of metrics; a file that begins with it is tandem's. A comment to Prometheus. */
export const METRICS_MARK = "# Metrics of tandem (docs/metrics.md).";

/** @param view `undefined` if no tandem runs */
export function metricsText(view: StatusView | undefined): string {
  const lines = metricsTable.flatMap(({ name, type, help, read }) => {
    const values = view ? read(view) : name === "up" ? 0 : undefined;
    const samples: MetricSample[] = typeof values === "number" ? [[{}, values]] : values ?? [];
    if (!samples.length) return [];
    const fullName = `tandem_${name}`;
    return [
      `# HELP ${fullName} ${help}`,
      `# TYPE ${fullName} ${type}`,
      ...samples.map(([labels, value]) => `${fullName}${formatLabels(labels)} ${value}`),
    ];
  });
  return [METRICS_MARK, ...lines, ""].join("\n");
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
    return `${name}="${escaped}"`;
  });
  return pairs.length ? `{${pairs.join(",")}}` : "";
}
