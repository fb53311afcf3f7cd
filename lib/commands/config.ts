import { writeToStdout } from "../host/output.ts";
import type { Origin, Request } from "../plan/settings.ts";

/** `tandem config`: each setting, its value, and where it came from. */
export function config({ report, gunicornArguments }: Request): number {
  const rows = report.map(({ flag, value, origin }) => [flag, value, originInWords(origin)]);
  if (gunicornArguments.length) rows.push(["--", gunicornArguments.join(" "), "command line"]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const [flag = "", value = "", origin = ""] of rows) {
    writeToStdout(`${flag.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${origin}\n`);
  }
  return 0;
}

function originInWords(origin: Origin): string {
  return origin.kind === "default" ? "default" : origin.name;
}
