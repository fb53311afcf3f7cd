// deno-lint-ignore-file no-console -- a script prints
// Updates the documents' tables of settings, signals, exit statuses and stop time-outs from the tables in lib/.
//
//   deno run -A scripts/readme_tables.ts

import { formatDefault, variableNames } from "../lib/cli/help.ts";
import { settingsTable } from "../lib/cli/settings.ts";
import type { Setting } from "../lib/cli/settings/setting.ts";
import { exitStatusTable } from "../lib/plan/exit_codes.ts";
import { platforms } from "../lib/plan/platforms.ts";
import { signalTable } from "../lib/plan/signals.ts";
import { root } from "./imports.ts";
import { markdownTable, withSection } from "./sections.ts";

type Row = readonly string[];

/** The documents, and the tables in them. */
export const documents: Record<string, readonly string[]> = {
  "docs/settings.md": ["settings"],
  "docs/running.md": ["stop time-outs", "signals", "exit status"],
};

/** The tables by the names of their markers: `<!-- settings -->` … `<!-- /settings -->`. */
const tables: Record<string, () => readonly Row[]> = {
  "settings": () => [
    ["flag", "variables", "default", "meaning"],
    ...(Object.values(settingsTable) as Setting<unknown>[]).map((setting) => [
      code([`--${setting.flag}`, setting.placeholder ?? []].flat().join(" ")),
      variableNames(setting).map(code).join(" "),
      isLiteral(setting) ? code(formatDefault(setting)) : formatDefault(setting),
      setting.meaning,
    ]),
  ],
  "signals": () => [
    ["to tandem", "does"],
    ...signalTable.map(({ signals, meaning }) => [signals.join(", "), meaning]),
  ],
  "exit status": () => [
    ["status", "when"],
    ...exitStatusTable.map(({ status, when }) => [status, when]),
  ],
  "stop time-outs": () => [
    ["platform", "kills after", "changed by"],
    ...Object.values(platforms).map(({ title, stopTimeout, setBy, longest }) => [
      title,
      stopTimeout === undefined ? "never" : `${stopTimeout} s`,
      setBy === undefined
        ? "nothing"
        : `${setBy.split(", ").map(code).join(", ")}${longest ? `, at most ${longest} s` : ""}`,
    ]),
  ],
};

/** @returns the document's text with current tables. @throws {Error} if a marker is missing */
export function withTables(text: string, document: string): string {
  return documents[document]!.reduce(
    (text, name) => withSection(text, document, name, markdownTable(tables[name]!())),
    text,
  );
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Whether the default is a value that can be typed, not a description. */
function isLiteral({ defaultText, placeholder }: Setting<unknown>): boolean {
  return defaultText === undefined && placeholder !== undefined;
}

if (import.meta.main) {
  for (const document of Object.keys(documents)) {
    const path = `${root}${document}`;
    const text = Deno.readTextFileSync(path);
    const current = withTables(text, document);
    if (current !== text) Deno.writeTextFileSync(path, current);
    console.log(current === text ? `${document} is up to date` : `${document}: tables updated`);
  }
}
