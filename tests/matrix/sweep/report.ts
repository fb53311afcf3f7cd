/** Writes the sweep's table into docs/matrix.md. */

import { markdownTable, withSection } from "../../../scripts/sections.ts";
import { repository } from "../../support/paths.ts";

const NAME = "docs/matrix.md";

export function writeKeepAlive(facts: string, rows: readonly (readonly string[])[]): void {
  const path = `${repository}/${NAME}`;
  const content = `${facts}\n\n${markdownTable(rows)}`;
  const text = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, withSection(text, NAME, "keep-alive", content));
}
