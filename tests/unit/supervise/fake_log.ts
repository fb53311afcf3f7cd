/** A log that keeps its lines for the test. */

import type { Log } from "../../../lib/log.ts";

export interface FakeLog extends Log {
  /** "warning not-ready": level and event, in order. */
  readonly events: string[];
  readonly messages: string[];
  readonly fields: (Record<string, unknown> | undefined)[];
}

export function fakeLog(): FakeLog {
  const events: string[] = [];
  const messages: string[] = [];
  const fields: FakeLog["fields"] = [];
  const line = (level: keyof Log): Log["info"] => (event, message, extra) => {
    events.push(`${level} ${event}`);
    messages.push(message);
    fields.push(extra);
  };
  return {
    events,
    messages,
    fields,
    debug: line("debug"),
    info: line("info"),
    warning: line("warning"),
    error: line("error"),
  };
}
