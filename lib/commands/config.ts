import { writeToStdout } from "../host/output/output.ts";
import type { Invocation, Origin } from "../plan/settings.ts";

/** `tandem config`: each setting, its value, and where it came from. */
export function config({ report, gunicornArguments, options }: Invocation): number {
  const settings = report.map(({ flag, value, origin }) => {
    return { flag, value, origin: originInWords(origin) };
  });
  writeToStdout(
    options.json
      ? `${JSON.stringify({ settings, gunicornArguments }, undefined, 2)}\n`
      : inColumns([
        ...settings.map(({ flag, value, origin }) => [flag, value, origin]),
        ...(gunicornArguments.length ? [["--", gunicornArguments.join(" "), "command line"]] : []),
      ]),
  );
  return 0;
}

function originInWords(origin: Origin): string {
  return origin.kind === "default" ? "default" : origin.name;
}

function inColumns(rows: string[][]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(([flag = "", value = "", origin = ""]) =>
    `${flag.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${origin}\n`
  ).join("");
}
