/** A process may call itself anything: the other fields of its stat are read all the same. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseStat } from "../../../../lib/host/process/stat.ts";
import { property } from "../../support/cases.ts";
import { noise } from "../../support/noise.ts";

const names = fc.oneof(
  noise,
  fc.array(fc.constantFrom("(", ")", " ", "\n", ") S 1 1 ", "a", "\x1b", "nginx", "0"))
    .map((parts) => parts.join("")),
);
const numbers = fc.array(fc.nat(2 ** 40), { minLength: 49, maxLength: 49 });

property("stat properties: the fields after any name are found", [
  names,
  fc.constantFrom("R", "S", "D", "Z", "T", "I"),
  numbers,
], (name, state, numbers) => {
  const stat = parseStat(`42 (${name}) ${state} ${numbers.join(" ")}\n`);
  assert.equal(stat.state, state);
  assert.equal(stat.parent, numbers[0]);
  assert.equal(stat.group, numbers[1]);
  assert.equal(stat.cpuTicks, numbers[10]! + numbers[11]!);
  assert.equal(stat.startTicks, numbers[18]);
  assert.doesNotMatch(stat.name, /\p{Cc}/u);
  if (!/[\p{Cc}\\]/u.test(name)) assert.equal(stat.name, name);
});

property("stat properties: any text is read, and its name is harmless", [names], (text) => {
  assert.doesNotMatch(parseStat(text).name, /\p{Cc}/u);
});
