/** tandem's own lines: `tandem: …` for people, JSON for machines. The only file that knows the log library. */

import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import type { LogFormat, LogLevel } from "./plan/settings.ts";

/** What a line is about, for machines; what it says, for people; and its figures. */
type Line = (event: string, message: string, fields?: Record<string, unknown>) => void;

export type Log = Record<LogLevel, Line>;

export function openLog(level: LogLevel, format: LogFormat, write: (line: string) => void): Log {
  const render = format === "json" ? renderJson : renderText;
  configureSync({
    reset: true,
    sinks: { stderr: (record: LogRecord) => write(`${render(record)}\n`) },
    loggers: [
      { category: "tandem", sinks: ["stderr"], lowestLevel: level },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  const logger = getLogger("tandem");
  const line = (name: LogLevel): Line => (event, message, fields = {}) =>
    // The text travels as a property, because the library would read braces in a message as placeholders.
    logger[name]("{message}", { ...fields, event, message });
  return {
    debug: line("debug"),
    info: line("info"),
    warning: line("warning"),
    error: line("error"),
  };
}

function renderText({ level, properties }: LogRecord): string {
  const mark = level === "info" ? "" : `${level}: `;
  return `tandem: ${mark}${properties.message}`;
}

function renderJson({ level, timestamp, properties }: LogRecord): string {
  const { event, message, ...fields } = properties;
  return JSON.stringify({
    time: new Date(timestamp).toISOString(),
    level,
    event,
    message,
    ...fields,
  });
}
