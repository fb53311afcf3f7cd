/** The result of one rule, which `serve` and `check` report in the same words. */

import type { ConfEdit } from "../../nginx/conf_edits.ts";

export interface Finding {
  /** What the rule is about, such as "socket"; the same in every run. */
  name: string;
  result: "ok" | "warning" | "failed";
  /** The state of things, without a full stop. */
  found: string;
  /** What to do about it, as an imperative; absent if the result is "ok". */
  fix?: string;
  /** The same as changes of nginx.conf, if those fix it. */
  edits?: ConfEdit[];
}

export function ok(name: string, found: string): Finding {
  return { name, result: "ok", found };
}

/** tandem would serve, but something would not work well. */
export function warning(name: string, found: string, fix: string, edits?: ConfEdit[]): Finding {
  return { name, result: "warning", found, fix, ...(edits?.length && { edits }) };
}

/** tandem would not serve. */
export function failed(name: string, found: string, fix: string, edits?: ConfEdit[]): Finding {
  return { name, result: "failed", found, fix, ...(edits?.length && { edits }) };
}

export function formatFinding({ found, fix }: Finding): string {
  return fix === undefined ? found : `${found}: ${fix}`;
}
