/** What the user has to change, in one line. Caught in `run`, which ends with status 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const LONGEST_QUOTE = 60;

/** Quoted so that a newline or a terminal's escape stays harmless, and the line a line. */
export function quoted(text: string): string {
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return JSON.stringify(shown).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
