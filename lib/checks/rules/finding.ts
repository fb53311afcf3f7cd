/** What one look came to. `serve` and `check` say it in the same words, because both take them from here. */

export interface Finding {
  /** What was looked at, in a word or two. */
  name: string;
  result: "ok" | "warning" | "failed";
  found: string;
  /** What to do about it; only what is fine needs none. */
  mend?: string;
}

export function ok(name: string, found: string): Finding {
  return { name, result: "ok", found };
}

/** It would serve, but not as well as it looks. */
export function warning(name: string, found: string, mend: string): Finding {
  return { name, result: "warning", found, mend };
}

/** It would not serve. */
export function failed(name: string, found: string, mend: string): Finding {
  return { name, result: "failed", found, mend };
}

export function inOneLine({ found, mend }: Finding): string {
  return mend === undefined ? found : `${found}: ${mend}`;
}
