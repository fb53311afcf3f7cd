/** Formats tandem's own log lines, as `tandem: …` or as JSON; the only file that uses the log library. */

import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import { escapeControls } from "./plan/format.ts";
import type { LogFormat, LogLevel } from "./plan/settings.ts";

/** @param properties an ISO 8601 `time`, an `event`, a `message`, and fields of the event */
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
  // The message is passed as a property, because the library takes braces in a message for placeholders.
  return (level, properties) => logger[level]("{message}", properties);
}

function renderText({ level, properties }: LogRecord): string {
  const prefix = level === "info" ? "" : `${level}: `;
  // A message may quote nginx, a file or a process.
  return `tandem: ${prefix}${escapeControls(String(properties.message), "\n\t")}`;
}

function renderJson({ level, properties }: LogRecord): string {
  const { time, event, message, ...fields } = properties;
  return JSON.stringify({ time, source: "tandem", level, event, message, ...fields });
}
