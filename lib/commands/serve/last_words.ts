/** Keeps what a run has to say about its end: its summary, and its errors. */

import type { Log } from "../../log.ts";

/** The first ones tell the cause. */
const MOST_ERRORS = 20;

export class LastWords {
  #summary: string[] = [];
  readonly #errors: string[] = [];

  /** Wraps a log, to keep these lines at every log level. */
  recordingLog(log: Log): Log {
    return {
      ...log,
      info: (event, message, fields) => {
        if (event === "stopped") this.#summary = [message];
        log.info(event, message, fields);
      },
      error: (event, message, fields) => {
        // The summary says this one again.
        if (event !== "stopping" && this.#errors.length < MOST_ERRORS) this.#errors.push(message);
        log.error(event, message, fields);
      },
    };
  }

  /** The summary first: a reader who has little room shows the beginning. */
  get lines(): string[] {
    return [...this.#summary, ...this.#errors];
  }
}
