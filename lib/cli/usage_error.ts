/** The error of a wrong command line or variable. */

/** Its message is one line that says what to change. `run` catches it and exits with 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const MAX_QUOTED = 60;

/** Escapes newlines and terminal escapes, so that a message stays one harmless line. */
export function quoted(text: string): string {
  const shown = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return JSON.stringify(shown).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
