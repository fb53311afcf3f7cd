import assert from "node:assert/strict";
import { didYouMean } from "../../../lib/cli/did_you_mean.ts";

const known = ["--workers", "--worker-class", "--port", "--logan", "--log", "--loggy", "help"];

const mistakes: [word: string, meant: string | undefined, why: string][] = [
  ["--worke-class", "--worker-class", "a missing letter"],
  ["--workerss", "--workers", "an extra letter"],
  ["--wrokers", "--workers", "two letters swapped"],
  ["--workerclass", "--worker-class", "a missing dash"],
  ["--logs", "--log", "the closest of several, in any order"],
  ["hulp", "help", "a wrong letter"],
  ["--PORT", "--port", "upper case"],
  ["--verbose", undefined, "nothing close"],
  ["halt", undefined, "a short word with half of its letters wrong"],
  ["", undefined, "an empty word"],
  ["--port".repeat(1000), undefined, "a very long word"],
];

for (const [word, meant, why] of mistakes) {
  Deno.test(`did you mean: ${why}`, () => {
    assert.equal(didYouMean(word, known), meant ? `; did you mean "${meant}"?` : "");
  });
}

Deno.test("did you mean: no suggestion without known words", () => {
  assert.equal(didYouMean("serve", []), "");
});

const flags = ["--log-format", "--log-dir", "--log-level", "--logs", "--grace-period", "--port"];
const commands = ["serve", "status", "stop", "config"];

const beginnings: [word: string, known: readonly string[], says: string][] = [
  ["--grace", flags, '; did you mean "--grace-period"?'],
  ["--GRACE", flags, '; did you mean "--grace-period"?'],
  ["--log-", flags, '; did you mean "--log-dir", "--log-level" or "--log-format"?'],
  ["--log", flags, '; did you mean "--logs", "--log-dir" or "--log-level"?'],
  ["--p", flags, '; did you mean "--port"?'],
  ["stat", commands, '; did you mean "status"?'],
  ["st", commands, '; did you mean "stop" or "status"?'],
  ["s", commands, '; did you mean "stop", "serve" or "status"?'],
  ["--", flags, ""],
  ["-", flags, ""],
  ["", commands, ""],
];

for (const [word, known, says] of beginnings) {
  Deno.test(`did you mean: the words that begin with ${JSON.stringify(word)}, at most three`, () => {
    assert.equal(didYouMean(word, known), says);
  });
}

Deno.test("did you mean: a word that is known twice is suggested once", () => {
  assert.equal(didYouMean("--time", ["--timeout", "--timeout"]), '; did you mean "--timeout"?');
});

Deno.test("did you mean: a word that begins so is preferred to one at a smaller distance", () => {
  assert.equal(didYouMean("--work", ["--word", "--worker"]), '; did you mean "--worker"?');
});
