/** A progress line at the bottom of the terminal, rewritten in place and cleared before any other line. */

import { cutText } from "../../plan/columns.ts";
import type { Sinks } from "./output.ts";
import { canMoveCursor, terminalSize } from "./terminal.ts";

const CLEAR_LINE = "\r\x1b[K";
/** How long the last clearing may take to reach the terminal, in milliseconds. */
const CLEAR_MS = 1000;

export interface LiveLine {
  show(text: string): void;
  clear(): void;
}

/** On stderr; `undefined` if stderr is not a terminal that can rewrite a line. */
export function openLiveLine(sinks: Sinks): LiveLine | undefined {
  if (!canMoveCursor("stderr")) return undefined;
  // stdout is then most likely the same terminal, but has a sink of its own.
  const shared = canMoveCursor("stdout") ? [sinks.stderr, sinks.stdout] : [sinks.stderr];
  let isShown = false;
  return {
    show(text) {
      if (!shared.every(({ isIdle }) => isIdle)) return;
      isShown = true;
      for (const sink of shared) sink.lineStart = CLEAR_LINE;
      // One column less than the width: a full line would wrap, and CLEAR_LINE clears only one row.
      sinks.stderr.show(cutText(text, terminalSize().columns - 1));
    },
    clear() {
      if (!isShown) return;
      isShown = false;
      sinks.stderr.show("");
      sinks.stderr.lineStart = "";
      // Until the terminal has cleared it, stdout's next line could still be written behind it.
      sinks.stderr.flush(CLEAR_MS).then(() => {
        if (!isShown) { for (const sink of shared) sink.lineStart = ""; }
      });
    },
  };
}
