/** What the terminals behind stdout and stderr can do. */

import type { StreamName } from "../../plan/output_plan.ts";

/** Where nothing is known of the width. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

export function isTerminal(stream: StreamName): boolean {
  return Deno[stream].isTerminal();
}

/** Whether lines can be rewritten and screens cleared. */
export function canMoveCursor(stream: StreamName): boolean {
  return isTerminal(stream) && Deno.env.get("TERM") !== "dumb";
}

/** On terminals that can, where the user has not said no (no-color.org). */
export function wantsColour(stream: StreamName): boolean {
  return canMoveCursor(stream) && !Deno.env.get("NO_COLOR");
}

/** A terminal that nobody has told its size says 0 by 0. */
export function terminalSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || USUAL_COLUMNS, rows: rows || USUAL_ROWS };
  } catch {
    return { columns: USUAL_COLUMNS, rows: USUAL_ROWS };
  }
}
