/** A line at the foot of the terminal that is rewritten in place, and gives way to every other line. */

import type { Sinks } from "./output.ts";
import { canMoveCursor, terminalSize } from "./terminal.ts";

const CLEAR_LINE = "\r\x1b[K";
/** For the last clearing to reach the terminal, in milliseconds. */
const CLEAR_MS = 1000;

export interface LiveLine {
  show(text: string): void;
  clear(): void;
}

/** On stderr, when that is a terminal on which lines can be rewritten; else nothing. */
export function openLiveLine(sinks: Sinks): LiveLine | undefined {
  if (!canMoveCursor("stderr")) return undefined;
  // stdout's lines land on the same terminal, by a writer of their own.
  const shared = canMoveCursor("stdout") ? [sinks.stderr, sinks.stdout] : [sinks.stderr];
  let isShown = false;
  return {
    show(text) {
      if (!shared.every(({ isIdle }) => isIdle)) return;
      isShown = true;
      for (const sink of shared) sink.lineStart = CLEAR_LINE;
      // In the last column the terminal would already wrap, and then a part could not be cleared.
      sinks.stderr.show(text.slice(0, terminalSize().columns - 1));
    },
    clear() {
      if (!isShown) return;
      isShown = false;
      sinks.stderr.show("");
      sinks.stderr.lineStart = "";
      // Until it is cleared, stdout's next line might still land behind it.
      sinks.stderr.flush(CLEAR_MS).then(() => {
        if (!isShown) { for (const sink of shared) sink.lineStart = ""; }
      });
    },
  };
}
