import assert from "node:assert/strict";
import fc from "fast-check";
import { firstBytes } from "../../../../lib/host/output/termination_log.ts";
import { property } from "../../support/cases.ts";

property("termination log: a text is cut between characters, at most three bytes early", [
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.integer({ min: 0, max: 100 }),
], (text, most) => {
  const bytes = (part: string) => new TextEncoder().encode(part).length;
  const cut = firstBytes(text, most);
  assert.ok(text.startsWith(cut));
  assert.ok(bytes(cut) <= most);
  if (cut !== text) assert.ok(bytes(cut) > most - 4);
});
