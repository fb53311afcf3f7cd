/** The diffs that `tandem check --fix-conf` prints: changes of nginx.conf that fix what the checks found. */

import type { Finding } from "../checks/rules/finding.ts";
import { canRead, readBytesAsText, resolveLinks } from "../host/files/files.ts";
import { type ConfEdit, editedBlock, toTextEdits } from "../nginx/conf_edits.ts";
import { parseDirectives } from "../nginx/directive_reader.ts";
import { unifiedDiff } from "../nginx/unified_diff.ts";

export interface ConfDiff {
  /** Absolute and without links, which patch(1) does not follow. */
  path: string;
  /** With one character for each byte of the file. */
  byteText: string;
}

/** One for each file that changes. */
export function createConfDiffs(findings: readonly Finding[]): ConfDiff[] {
  const files = new Map<string, ConfEdit[]>();
  for (const edit of findings.flatMap(({ edits = [] }) => edits)) {
    // A file may be included by several names.
    const path = resolveLinks(editedBlock(edit).place?.path ?? "");
    files.set(path, [...files.get(path) ?? [], edit]);
  }
  return [...files].flatMap(([path, edits]) => {
    if (!canRead(path)) return [];
    const text = readBytesAsText(path);
    const changes = toTextEdits(text, parseDirectives(text), edits);
    const byteText = unifiedDiff(toByteText(path), text, changes);
    return byteText ? [{ path, byteText }] : [];
  });
}

export function bytesOf(byteText: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(byteText, (character) => character.charCodeAt(0));
}

function toByteText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
