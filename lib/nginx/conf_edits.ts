/** Changes of single directives, as edits of a conf's text that leave everything else as it is. */

import { type Directive, wordRanges } from "./directive_reader.ts";
import type { Block } from "./tree.ts";

export type ConfEdit =
  /** `arg` counts from 0; without a `text`, the argument is removed. */
  | { kind: "replace"; directive: Block; arg: number; text?: string }
  | { kind: "append"; directive: Block; text: string }
  /** `name` has the arguments that tell one directive from another: "proxy_set_header Host". */
  | { kind: "insert"; before: Block; name: string; value: string };

export function setFirst(directive: Block, text: string): ConfEdit {
  return { kind: "replace", directive, arg: 0, text };
}

/** Replaces the part of a text from `start` to `end`. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

export function editedBlock(edit: ConfEdit): Block {
  return edit.kind === "insert" ? edit.before : edit.directive;
}

/**
 * @param text of a file, and its directives
 * @param edits of that file; of two that contradict each other, the first counts
 * @returns in the order of the text; without those whose directive is not where it was
 */
export function toTextEdits(
  text: string,
  directives: readonly Directive[],
  edits: readonly ConfEdit[],
): TextEdit[] {
  const firstOfTarget = new Map<string, ConfEdit>();
  for (const edit of edits) {
    const target = targetOf(edit);
    if (!firstOfTarget.has(target)) firstOfTarget.set(target, edit);
  }
  const found = [...firstOfTarget.values()].flatMap((edit) => {
    const block = editedBlock(edit);
    const directive = directives[block.place?.index ?? -1];
    return directive?.name === block.name ? toTextEdit(text, directive, edit) ?? [] : [];
  });
  // The sort is stable, so insertions at one position keep their order.
  return found.sort((one, other) => one.start - other.start);
}

/** Two edits of one target contradict each other. */
function targetOf(edit: ConfEdit): string {
  const index = editedBlock(edit).place?.index;
  switch (edit.kind) {
    case "replace":
      return `${index} ${edit.arg}`;
    case "append":
      return `${index} append ${edit.text}`;
    case "insert":
      return `${index} insert ${edit.name}`;
  }
}

function toTextEdit(
  text: string,
  { start, end }: Directive,
  edit: ConfEdit,
): TextEdit | undefined {
  if (edit.kind === "insert") {
    return insertionBefore(text, start, `${edit.name} ${edit.value};`);
  }
  const words = wordRanges(text.slice(start, end));
  const endOf = (index: number) => start + (words.at(index)?.[1] ?? 0);
  if (edit.kind === "append") return { start: endOf(-1), end: endOf(-1), text: ` ${edit.text}` };
  const word = words[edit.arg + 1];
  if (!word) return undefined;
  const from = start + word[0];
  // Not from the end of the word before it: a comment may be in between.
  const blanks = edit.text === undefined ? /[ \t]*$/.exec(text.slice(0, from))![0].length : 0;
  return { start: from - blanks, end: start + word[1], text: edit.text ?? "" };
}

/** On a line of its own, if the directive begins its line. */
function insertionBefore(text: string, start: number, line: string): TextEdit {
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const separator = before.trim() === "" ? end + before : " ";
  return { start, end: start, text: line + separator };
}

/** @param edits in the order of the text, without overlaps */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let at = 0;
  const parts = edits.map(({ start, end, text: fresh }) => {
    const part = text.slice(at, start) + fresh;
    at = end;
    return part;
  });
  return parts.join("") + text.slice(at);
}

/** As a word of the conf, in quotes if it needs them. */
export function quoteWord(text: string): string {
  return /^[^\s;{}"'\\#]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}
