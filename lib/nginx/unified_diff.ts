/** Writes edits of a text as a unified diff. */

import { applyEdits, type TextEdit } from "./conf_edits.ts";

const CONTEXT = 3;

/** Lines from `from` to before `to` that become `lines`. */
interface Change {
  from: number;
  to: number;
  lines: string[];
}

/**
 * @param path as in the diff's header
 * @param edits in the order of the text, without overlaps
 * @returns empty if nothing changes
 */
export function unifiedDiff(path: string, text: string, edits: readonly TextEdit[]): string {
  const lines = splitLines(text);
  const hunks = toHunks(toChanges(lines, edits));
  if (!hunks.length) return "";
  // A tab ends a name that contains spaces.
  const name = path.includes(" ") ? `${path}\t` : path;
  let growth = 0;
  const texts = hunks.map((changes) => {
    const hunk = formatHunk(lines, changes, growth);
    growth += changes.reduce((sum, { from, to, lines }) => sum + lines.length - (to - from), 0);
    return hunk;
  });
  return `--- ${name}\n+++ ${name}\n${texts.join("")}`;
}

/** Each with its newline, which only the last one may lack. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function toChanges(lines: string[], edits: readonly TextEdit[]): Change[] {
  const changes: Change[] = [];
  let line = 0;
  let offset = 0;
  for (let index = 0; index < edits.length;) {
    while (offset + lines[line]!.length <= edits[index]!.start) offset += lines[line++]!.length;
    let end = offset + lines[line]!.length;
    let to = line + 1;
    const own: TextEdit[] = [];
    // All edits that share a line are one change.
    for (let edit = edits[index]; edit && edit.start < end; edit = edits[++index]) {
      own.push({ ...edit, start: edit.start - offset, end: edit.end - offset });
      // An edit that takes a line's end joins it with the next one.
      while (end <= edit.end && to < lines.length) end += lines[to++]!.length;
    }
    const fresh = splitLines(applyEdits(lines.slice(line, to).join(""), own));
    const change = withoutEqualEnds(lines, { from: line, to, lines: fresh });
    const previous = changes.at(-1);
    if (previous && previous.to === change.from) {
      previous.to = change.to;
      previous.lines.push(...change.lines);
    } else if (change.from < change.to || change.lines.length) {
      changes.push(change);
    }
  }
  return changes;
}

function withoutEqualEnds(old: string[], { from, to, lines }: Change): Change {
  let [first, last] = [0, lines.length];
  while (from < to && first < last && old[from] === lines[first]) {
    from++;
    first++;
  }
  while (from < to && first < last && old[to - 1] === lines[last - 1]) {
    to--;
    last--;
  }
  return { from, to, lines: lines.slice(first, last) };
}

/** Changes whose contexts meet share a hunk. */
function toHunks(changes: Change[]): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const previous = hunks.at(-1);
    if (previous && change.from - previous.at(-1)!.to <= 2 * CONTEXT) previous.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

/** @param growth by how many lines the hunks before it make the text longer */
function formatHunk(old: string[], changes: Change[], growth: number): string {
  const from = Math.max(0, changes[0]!.from - CONTEXT);
  const to = Math.min(old.length, changes.at(-1)!.to + CONTEXT);
  const rows: string[] = [];
  let at = from;
  for (const change of changes) {
    rows.push(...rowsOf(" ", old.slice(at, change.from)));
    rows.push(...rowsOf("-", old.slice(change.from, change.to)), ...rowsOf("+", change.lines));
    at = change.to;
  }
  rows.push(...rowsOf(" ", old.slice(at, to)));
  const fresh = rows.filter((row) => !row.startsWith("-")).length;
  return `@@ -${from + 1},${to - from} +${from + growth + 1},${fresh} @@\n${rows.join("")}`;
}

function rowsOf(mark: string, lines: string[]): string[] {
  return lines.map((line) =>
    mark + (line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`)
  );
}
