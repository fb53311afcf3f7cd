import assert from "node:assert/strict";
import { didYouMean } from "../../../lib/cli/did_you_mean.ts";

const known = ["--workers", "--worker-class", "--port", "--logan", "--log", "--loggy", "help"];

const slips: [word: string, meant: string | undefined, why: string][] = [
  ["--worker", "--workers", "a letter too few"],
  ["--workerss", "--workers", "a letter too many"],
  ["--wrokers", "--workers", "two letters swapped"],
  ["--workerclass", "--worker-class", "a dash too few"],
  ["--logs", "--log", "the closest, wherever it comes"],
  ["hulp", "help", "a wrong letter"],
  ["--PORT", "--port", "another case"],
  ["--verbose", undefined, "nothing close"],
  ["halt", undefined, "half of a short word is another"],
  ["", undefined, "nothing at all"],
  ["--port".repeat(1000), undefined, "far too long"],
];

for (const [word, meant, why] of slips) {
  Deno.test(`did you mean: ${why}`, () => {
    assert.equal(didYouMean(word, known), meant ? `; did you mean "${meant}"?` : "");
  });
}

Deno.test("did you mean: nothing known, nothing meant", () => {
  assert.equal(didYouMean("serve", []), "");
});
