/** `tandem config`: prints each setting, its value and where it came from. */

import { writeToStdout } from "../host/output/output.ts";
import { BUILT_IN_CONF, type Invocation, type SettingReport } from "../plan/settings.ts";

export function config(invocation: Invocation): number {
  writeToStdout(invocation.options.json ? configJson(invocation) : configText(invocation));
  return 0;
}

/** `null` stands for a setting without a value. docs/json.md describes the object. */
function configJson({ settings, report, gunicornArguments }: Invocation): string {
  const config = {
    settings: report.map((entry) => {
      const { key, flag, origin } = entry;
      return { name: flag, value: settings[key] ?? null, origin, used: isUsed(entry, settings) };
    }),
    gunicornArguments,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function isUsed(
  { isOfBuiltInConf }: SettingReport,
  { nginxConf }: Invocation["settings"],
): boolean {
  return !isOfBuiltInConf || nginxConf === BUILT_IN_CONF;
}

function configText({ settings, report, gunicornArguments }: Invocation): string {
  return inColumns([
    ...report.map((entry) => {
      const { flag, value, origin } = entry;
      const from = origin.kind === "default" ? "default" : origin.name;
      return [flag, value, isUsed(entry, settings) ? from : `${from}, not used by this nginx.conf`];
    }),
    ...(gunicornArguments.length ? [["--", gunicornArguments.join(" "), "command line"]] : []),
  ]);
}

function inColumns(rows: string[][]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(([flag = "", value = "", origin = ""]) =>
    `${flag.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${origin}\n`
  ).join("");
}
