/** Times, sizes and errors: what is printed is near what it was, and harmless. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  escapeControls,
  formatBytes,
  formatDuration,
  formatError,
} from "../../../lib/plan/format.ts";
import { property } from "../support/cases.ts";
import { noise } from "../support/noise.ts";

const UNITS: Record<string, number> = {
  ...{ ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 },
  ...{ MiB: 1024 ** 2, GiB: 1024 ** 3 },
};

function parts(text: string): { value: number; smallest: number; largest: string } {
  const found = [...text.matchAll(/(\d+(?:\.\d)?) ([a-zA-Z]+)/g)];
  const [, last = "", unit = ""] = found.at(-1) ?? [];
  return {
    value: found.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!, 0),
    smallest: UNITS[unit]! / (last.includes(".") ? 10 : 1),
    largest: found[0]?.[2] ?? "",
  };
}

/** As many small numbers as large ones, and those around the border between two units. */
const magnitude = (most: number) =>
  fc.oneof(
    fc.double({ min: 0, max: Math.log10(most), noNaN: true }).map((power) => 10 ** power),
    fc.double({ min: 0, max: Math.log10(most), noNaN: true }).map((power) =>
      Math.round(10 ** power)
    ),
    fc.tuple(
      fc.constantFrom(...Object.values(UNITS)),
      fc.integer({ min: -1000, max: 1000 }),
    )
      .map(([unit, part]) => unit * (1 + part / 1e6)),
  );

property("format properties: a duration is printed in the right unit, at most one step off", [
  magnitude(1e12),
], (milliseconds) => {
  const text = formatDuration(milliseconds);
  const { value, smallest, largest } = parts(text);
  assert.ok(Math.abs(value - milliseconds) <= smallest, `${milliseconds} as ${text}`);
  const next: Record<string, number> = { ms: 1000, s: 60_000, min: 3_600_000, h: 86_400_000 };
  assert.ok(value < (next[largest] ?? Infinity), `${milliseconds} as ${text}`);
});

property("format properties: a longer duration is never printed as a shorter one", [
  magnitude(1e10),
  magnitude(1e10),
], (a, b) => {
  const [short, long] = [Math.min(a, b), Math.max(a, b)].map((one) =>
    parts(formatDuration(one)).value
  );
  assert.ok(short! <= long!, `${a} and ${b}`);
});

property("format properties: a size is printed in the right unit, at most one step off", [
  magnitude(1e14),
], (bytes) => {
  const text = formatBytes(bytes);
  const { value, smallest, largest } = parts(text);
  assert.ok(Math.abs(value - bytes) <= smallest, `${bytes} as ${text}`);
  if (largest === "MiB") assert.ok(value < 1024 ** 3, `${bytes} as ${text}`);
});

property("format properties: nothing that is escaped acts on a terminal, and all else stays", [
  noise,
], (text) => {
  const escaped = escapeControls(text);
  assert.doesNotMatch(escaped, /\p{Cc}/u);
  const back = escaped.replace(
    /\\x([0-9a-f]{2})/g,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
  if (!text.includes("\\")) assert.equal(back, text);
});

property("format properties: an error is one line", [noise], (text) => {
  assert.doesNotMatch(formatError(new Error(text)), /[\n\r]/);
});
