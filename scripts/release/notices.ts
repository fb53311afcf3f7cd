/** THIRD-PARTY-NOTICES.txt: the licence of everything that is in an executable. */

import type { Component } from "./components.ts";

const RULE = "=".repeat(80);

/** @param name of the executable */
export function noticesText(name: string, components: readonly Component[]): string {
  return [
    `${name} contains the following software of others.`,
    "",
    ...components.map(({ name, version, license }) => `  ${name} ${version}: ${license}`),
    "",
    ...components.flatMap(({ name, version, license, notice }) => [
      RULE,
      `${name} ${version} (${license})`,
      RULE,
      "",
      notice.trim(),
      "",
    ]),
  ].join("\n");
}
