/** Turns the bytes that a terminal was sent into lines with the times at which they appeared. Pure. */

export interface Output {
  /** Milliseconds since the start of the recording. */
  at: number;
  text: string;
}

/** A part of a line in one colour; `colour` is the number of an SGR sequence, such as 36. */
export interface Span {
  text: string;
  colour?: number;
}

export interface TerminalLine {
  at: number;
  /** When the line was erased; `undefined` if it stayed. */
  until?: number;
  spans: Span[];
}

// deno-lint-ignore no-control-regex -- that is what a terminal is sent
const TOKEN = /\x1b\[([\d;]*)([A-Za-z])|\r\n|[\r\n]|[^\x1b\r\n]+/g;

/** @throws {Error} for a sequence other than SGR and "erase to the end of the line" */
export function linesOf(outputs: Output[]): TerminalLine[] {
  const lines: TerminalLine[] = [];
  let current: TerminalLine = { at: 0, spans: [] };
  let colour: number | undefined;
  for (const { at, text } of outputs) {
    for (const [token, parameter, command] of text.matchAll(TOKEN)) {
      if (command === "m") colour = Number(parameter) || undefined;
      else if (command === "K") {
        if (current.spans.length > 0) lines.push({ ...current, until: at });
        current = { at, spans: [] };
      } else if (command !== undefined) {
        throw new Error(`The terminal was sent ${JSON.stringify(token)}, which is not known here`);
      } else if (token.endsWith("\n")) {
        lines.push(current);
        current = { at, spans: [] };
      } else if (token !== "\r") {
        if (current.spans.length === 0) current.at = at;
        current.spans.push({ text: token, ...(colour && { colour }) });
      }
    }
  }
  return lines;
}
