/** Applies a unified diff of one file as patch(1) does, without its tolerance for other lines. */

import assert from "node:assert/strict";
import { splitLines } from "../../../lib/nginx/unified_diff.ts";

/** @throws if the diff does not fit the text exactly */
export function applyDiff(text: string, diff: string): string {
  const old = splitLines(text);
  const rows = splitLines(diff);
  if (!rows.length) return text;
  assert.match(rows.splice(0, 2).join(""), /^--- .*\n\+\+\+ .*\n$/);
  const fresh: string[] = [];
  let at = 0;
  while (rows.length) {
    const [, from, length, to, count] =
      /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n$/.exec(rows.shift()!)?.map(Number) ?? [];
    assert.ok(from && to, "a header");
    fresh.push(...old.slice(at, from - 1));
    at = from - 1;
    assert.equal(fresh.length, to - 1, "where the hunk begins in the new text");
    while (rows.length && !rows[0]!.startsWith("@@")) {
      const row = rows.shift()!;
      const isCut = rows[0]?.startsWith("\\");
      if (isCut) rows.shift();
      const line = isCut ? row.slice(1, -1) : row.slice(1);
      if (row[0] !== "+") assert.equal(old[at++], line, "a line of the old text");
      if (row[0] !== "-") fresh.push(line);
    }
    assert.equal(at, from - 1 + length!, "the length of the hunk in the old text");
    assert.equal(fresh.length, to - 1 + count!, "and in the new one");
  }
  const all = [...fresh, ...old.slice(at)];
  assert.ok(all.slice(0, -1).every((line) => line.endsWith("\n")), "only the last line is cut");
  return all.join("");
}
