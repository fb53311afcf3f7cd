/** tandem's own log lines, as `tandem: …` or as JSON. */

import { escapeControls } from "./plan/format.ts";
import { type LogFormat, type LogLevel, logLevels } from "./plan/settings.ts";

/** @param event a fixed name, for machines */
type LogLine = (event: string, message: string, fields?: Record<string, unknown>) => void;

export type Log = Record<LogLevel, LogLine>;

export function openLog(level: LogLevel, format: LogFormat, write: (line: string) => void): Log {
  const enabled = logLevels.slice(logLevels.indexOf(level));
  const render = format === "json" ? renderJson : renderText;
  const line = (name: LogLevel): LogLine => (event, message, fields) => {
    if (enabled.includes(name)) write(`${render(name, event, message, fields)}\n`);
  };
  return {
    debug: line("debug"),
    info: line("info"),
    warning: line("warning"),
    error: line("error"),
  };
}

function renderText(level: LogLevel, _event: string, message: string): string {
  const prefix = level === "info" ? "" : `${level}: `;
  // A message may quote nginx, a file or a process.
  return `tandem: ${prefix}${escapeControls(message, "\n\t")}`;
}

function renderJson(
  level: LogLevel,
  event: string,
  message: string,
  fields?: Record<string, unknown>,
): string {
  const own = { time: new Date().toISOString(), source: "tandem", level, event, message };
  // First for the reader's eyes, and last because no field may replace them.
  return JSON.stringify({ ...own, ...fields, ...own });
}
