import assert from "node:assert/strict";
import { RELIABILITY_SECTIONS } from "../../faults/reliability.ts";

Deno.test("reliability: the document has the section of each suite", () => {
  const text = Deno.readTextFileSync(new URL("../../../docs/reliability.md", import.meta.url));
  for (const name of RELIABILITY_SECTIONS) {
    assert.match(text, new RegExp(`<!-- ${name} -->\\n[^]*<!-- /${name} -->`));
  }
});
