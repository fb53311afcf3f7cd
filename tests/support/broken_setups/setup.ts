/** Describes an image with one fault, and what `check` and `serve` report about it. */

import type { Harness } from "../harness.ts";
import type { Image, ImageOptions } from "../image.ts";
import type { LaunchOptions } from "../launcher.ts";

export interface ExpectedFinding {
  name: string;
  result: "warning" | "failed";
  found: RegExp;
  fix: RegExp;
}

export type ServeOutcome =
  /** Exits with 78, and one error line that `check` reports too. */
  | { kind: "refuses" }
  /** Reports the same warnings as `check`, or none, and serves. */
  | { kind: "serves" }
  /** Reports the same warnings as `check`, and never becomes ready. */
  | { kind: "is not ready" }
  /** Exits with one of these statuses, and this line on stderr. */
  | { kind: "exits"; statuses: number[]; line: RegExp }
  /** Would overload the machine. */
  | { kind: "is not run" };

export interface BrokenSetup {
  what: string;
  app?: ImageOptions["app"];
  /** Breaks the image. What it returns is disposed of after the test. */
  prepare?(
    image: Image,
    harness: Harness,
  ): void | Disposable | AsyncDisposable | Promise<void | Disposable | AsyncDisposable>;
  options?(image: Image): LaunchOptions;
  /** Flags of `check` only. */
  checkFlags?: string[];
  /** Every finding that is not ok. */
  findings?: ExpectedFinding[];
  /** Names of findings that depend on the machine of the test. */
  optional?: string[];
  /** A finding that is ok. */
  okFinding?: { name: string; found: RegExp };
  serve: ServeOutcome;
  /** Matches the error line of `serve`. */
  error?: RegExp;
  /** Whether what belongs to others is unharmed after the test. */
  isUnharmed?(image: Image): boolean;
  needsRoot?: boolean;
}

export const refuses: ServeOutcome = { kind: "refuses" };
export const serves: ServeOutcome = { kind: "serves" };
export const isNotReady: ServeOutcome = { kind: "is not ready" };

export function failed(name: string, found: RegExp, fix: RegExp): ExpectedFinding {
  return { name, result: "failed", found, fix };
}

export function warning(name: string, found: RegExp, fix: RegExp): ExpectedFinding {
  return { name, result: "warning", found, fix };
}

const NOBODY = 65534;
export const asNobody: LaunchOptions = {
  prefix: ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
};

export function giveToNobody({ folder, program, log }: Image): void {
  for (const path of [folder, program, log]) Deno.chownSync(path, NOBODY, NOBODY);
}

/** Temp folders that nginx may create without root. */
export function ownTemps({ folder }: Image): string {
  return ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/temp_${name};`).join(" ");
}
