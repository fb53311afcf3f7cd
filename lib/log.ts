/** tandem's own lines, from the first on in the order in which they were said. */

import type { Logger } from "./logger.ts";
import { type LogFormat, type LogLevel, logLevels } from "./plan/settings.ts";

/** What a line is about, for machines; what it says, for people; and its figures. */
type Line = (event: string, message: string, fields?: Record<string, unknown>) => void;

export type Log = Record<LogLevel, Line>;

export interface OpenLog extends Log {
  /** Settles when all that was said so far has been given to `write`. */
  written(): Promise<void>;
}

/** The library is loaded for the first line only: that takes as long as half of what comes before gunicorn's start. */
export function openLog(
  level: LogLevel,
  format: LogFormat,
  write: (line: string) => void,
): OpenLog {
  const enabled = logLevels.slice(logLevels.indexOf(level));
  const waiting: ((logger: Logger) => void)[] = [];
  let logger: Logger | undefined;
  let loaded: Promise<void> | undefined;

  async function load(): Promise<void> {
    const { openLogger } = await import("./logger.ts");
    logger = openLogger(format, write);
    for (const say of waiting) say(logger);
  }

  const line = (name: LogLevel): Line => (event, message, fields = {}) => {
    if (!enabled.includes(name)) return;
    const properties = { ...fields, time: new Date().toISOString(), event, message };
    const say = (logger: Logger) => logger(name, properties);
    if (logger) return say(logger);
    waiting.push(say);
    loaded ??= load();
  };
  return {
    debug: line("debug"),
    info: line("info"),
    warning: line("warning"),
    error: line("error"),
    written: async () => await loaded,
  };
}
