/** Keeps the last lines of a log, for the state file. */

import type { LogEntry } from "../host/state/schema.ts";
import type { Log } from "../log.ts";
import type { LogLevel } from "../plan/settings.ts";

const KEPT_EVENTS = 10;
const LONGEST_MESSAGE = 300;

export class RecentEvents {
  /** Oldest first. */
  readonly entries: LogEntry[] = [];

  /** @param now the moment of a line */
  constructor(private readonly now: () => number, private readonly onEntry: () => void) {}

  /** Wraps a log, to keep its lines but debug ones, at every log level. */
  recordingLog(log: Log): Log {
    const line = (level: LogLevel): Log[LogLevel] => (event, message, fields) => {
      this.entries.push({ at: this.now(), level, event, message: firstLine(message) });
      if (this.entries.length > KEPT_EVENTS) this.entries.shift();
      this.onEntry();
      log[level](event, message, fields);
    };
    return {
      debug: log.debug,
      info: line("info"),
      warning: line("warning"),
      error: line("error"),
    };
  }
}

export function firstLine(text: string): string {
  return text.split("\n")[0]!.slice(0, LONGEST_MESSAGE);
}
