/** How a line looks: `tandem: …` for people, JSON for machines. The only file that knows the log library. */

import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import type { LogFormat, LogLevel } from "./plan/settings.ts";

/** Writes one line of an ISO 8601 `time`, an `event`, a `message`, and the event's own fields. */
export type Logger = (level: LogLevel, properties: Record<string, unknown>) => void;

export function openLogger(format: LogFormat, write: (line: string) => void): Logger {
  const render = format === "json" ? renderJson : renderText;
  configureSync({
    reset: true,
    sinks: { stderr: (record: LogRecord) => write(`${render(record)}\n`) },
    loggers: [
      { category: "tandem", sinks: ["stderr"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  const logger = getLogger("tandem");
  // The text travels as a property, because the library would read braces in a message as placeholders.
  return (level, properties) => logger[level]("{message}", properties);
}

function renderText({ level, properties }: LogRecord): string {
  const mark = level === "info" ? "" : `${level}: `;
  return `tandem: ${mark}${properties.message}`;
}

function renderJson({ level, properties }: LogRecord): string {
  const { time, event, message, ...fields } = properties;
  return JSON.stringify({ time, level, event, message, ...fields });
}
