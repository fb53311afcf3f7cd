/** tandem's own log lines, in order. */

import type { Logger } from "./logger.ts";
import { type LogFormat, type LogLevel, logLevels } from "./plan/settings.ts";

/** @param event a fixed name, for machines */
type LogLine = (event: string, message: string, fields?: Record<string, unknown>) => void;

export type Log = Record<LogLevel, LogLine>;

export interface OpenLog extends Log {
  /** Settles when every line so far has been given to `write`. */
  written(): Promise<void>;
}

/** Loads the library with the first line, because loading it takes half as long as all else before gunicorn's start. */
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
    for (const writeLine of waiting) writeLine(logger);
  }

  const line = (name: LogLevel): LogLine => (event, message, fields = {}) => {
    if (!enabled.includes(name)) return;
    const properties = { ...fields, time: new Date().toISOString(), event, message };
    const writeLine = (logger: Logger) => logger(name, properties);
    if (logger) return writeLine(logger);
    waiting.push(writeLine);
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
