/** tandem's own log lines, as `tandem: …` or as JSON. */

import loglevel from "loglevel";
import { escapeControls } from "./plan/format.ts";
import type { LogFormat, LogLevel } from "./plan/settings.ts";

/** @param event a fixed name, for machines */
type LogLine = (event: string, message: string, fields?: Record<string, unknown>) => void;

export type Log = Record<LogLevel, LogLine>;

export function openLog(level: LogLevel, format: LogFormat, write: (line: string) => void): Log {
  const render = format === "json" ? renderJson : renderText;
  // The library names loggers to find them again; nobody looks for this one.
  const logger = loglevel.getLogger(Symbol("tandem"));
  logger.methodFactory = (method) => {
    const name = method === "warn" ? "warning" : method as LogLevel;
    return (event, message, fields) => write(`${render(name, event, message, fields)}\n`);
  };
  const persist = false;
  logger.setLevel(level === "warning" ? "warn" : level, persist);
  const { debug, info, warn: warning, error } = logger;
  return { debug, info, warning, error };
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
