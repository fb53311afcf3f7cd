/** What a platform is, for the suite: a supervisor, an init system or a runtime, and what is tried on it. */

import type { Edition } from "../support/editions.ts";

export interface Platform {
  /** Of `--only`, and of its section in docs/platforms.md. */
  name: string;
  /**
   * Makes what the trials need, such as a root file system.
   * @returns the platform's version, or why it cannot be tried here
   */
  prepare(): Promise<Prepared>;
  trials: readonly Trial[];
}

export type Prepared =
  | { kind: "ready"; version: string }
  | { kind: "ignored"; reason: string };

export interface Trial {
  /** What is done, and what has to hold. */
  name: string;
  /** Whether the short form in the gate runs it. */
  isQuick?: boolean;
  /** @throws {Error} if something does not hold, such as a lost request that must not be */
  run(edition: Edition): Promise<Figures>;
}

/** For the table; `undefined` for what the trial does not count. */
export interface Figures {
  /** Requests with their right answer. */
  answered?: number;
  /** Requests without an answer, or with another one. */
  lost?: number;
  /** Such as the exit status that was kept, or a time. */
  remarks?: string;
}
