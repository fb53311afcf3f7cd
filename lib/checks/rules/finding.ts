/** What one look came to. `serve` and `check` say it in the same words, because both take them from here. */

export interface Finding {
  /** What was looked at, in a word or two. */
  name: string;
  result: "ok" | "warning" | "failed";
  found: string;
  /** What to do about it; only what is fine needs none. */
  fix?: string;
}

export function ok(name: string, found: string): Finding {
  return { name, result: "ok", found };
}

/** It would serve, but not as well as it looks. */
export function warning(name: string, found: string, fix: string): Finding {
  return { name, result: "warning", found, fix };
}

/** It would not serve. */
export function failed(name: string, found: string, fix: string): Finding {
  return { name, result: "failed", found, fix };
}

export function formatFinding({ found, fix }: Finding): string {
  return fix === undefined ? found : `${found}: ${fix}`;
}
