/** `tandem plan --for PLATFORM`: prints the numbers that a platform needs for the settings, and a snippet to paste. */

import { writeToStdout } from "../../host/output/output.ts";
import { planPlatform, type PlatformPlan } from "../../plan/platform_plan.ts";
import { platforms } from "../../plan/platforms.ts";
import type { Invocation } from "../../plan/settings.ts";
import { planSnippet } from "./snippets.ts";

/** @returns the exit status */
export function plan(invocation: Invocation): number {
  const { platform, json } = invocation.options;
  const planned = planPlatform(invocation, platform!);
  const snippet = planSnippet(planned, invocation.settings);
  writeToStdout(json ? planJson(planned, snippet) : planText(planned, snippet));
  return 0;
}

/** docs/json.md describes the object. */
function planJson(planned: PlatformPlan, snippet: string): string {
  return `${JSON.stringify({ ...planned, snippet }, undefined, 2)}\n`;
}

function planText({ platform, numbers }: PlatformPlan, snippet: string): string {
  const rows = numbers.map(({ name, value, unit, reason }) => {
    return [name, unit === "s" ? `${value} s` : `${value}`, reason] as const;
  });
  const widest = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [nameWidth, valueWidth] = [widest(0), widest(1)];
  return [
    `${platforms[platform].title}:`,
    "",
    ...rows.map(([name, value, reason]) =>
      `${name.padEnd(nameWidth)}  ${value.padStart(valueWidth)}  ${reason}`
    ),
    "",
    snippet,
  ].join("\n");
}
