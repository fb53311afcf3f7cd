/** The abilities and size of the terminals behind stdout and stderr. */

import type { StreamName } from "../../plan/output_plan.ts";
import { environmentVariable } from "../system/environment.ts";

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

export function isTerminal(stream: StreamName): boolean {
  return Deno[stream].isTerminal();
}

/** Whether lines can be rewritten and the screen cleared. */
export function canMoveCursor(stream: StreamName): boolean {
  return isTerminal(stream) && environmentVariable("TERM") !== "dumb";
}

/** Whether the terminal has colours and the user has not disabled them (no-color.org). */
export function wantsColour(stream: StreamName): boolean {
  return canMoveCursor(stream) && !environmentVariable("NO_COLOR");
}

/** 80 by 24 if unknown; a terminal whose size was never set reports 0 by 0. */
export function terminalSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || DEFAULT_COLUMNS, rows: rows || DEFAULT_ROWS };
  } catch {
    return { columns: DEFAULT_COLUMNS, rows: DEFAULT_ROWS };
  }
}
