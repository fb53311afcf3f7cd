import assert from "node:assert/strict";
import { phaseNames } from "../../../lib/supervise/phases.ts";
import { mermaid, plain, withDiagram } from "../../../scripts/state_diagram.ts";

const page = await Deno.readTextFile(new URL("../../../docs/running.md", import.meta.url));

Deno.test("diagram: docs/running.md is up to date; if not, run `deno task diagram`", () => {
  assert.equal(withDiagram(page), page);
});

Deno.test("diagram: a document without the markers is refused", () => {
  assert.throws(() => withDiagram("# tandem\n"), /no <!-- phases --> marks/);
});

Deno.test("diagram: the text around the markers is unchanged, dollar signs included", () => {
  const around = (between: string) => `a $& b\n<!-- phases -->\n${between}<!-- /phases -->\n$1 c\n`;
  const drawn = withDiagram(around("old\n"));
  assert.ok(drawn.startsWith("a $& b\n<!-- phases -->\n"));
  assert.ok(drawn.endsWith("<!-- /phases -->\n$1 c\n"));
  assert.ok(!drawn.includes("old"));
  assert.equal(withDiagram(drawn), drawn);
});

Deno.test("diagram: each Mermaid line has one label, without : or ;", () => {
  const lines = mermaid().split("\n").slice(2, -1);
  for (const line of lines) {
    assert.match(line, /^ {2}(\[\*\]|[a-z]+) --> (\[\*\]|[a-z]+)(: [^:;]+)?$/);
  }
  assert.equal(new Set(lines).size, lines.length);
});

Deno.test("diagram: both diagrams show every phase, and the text fits 80 columns", () => {
  for (const phase of phaseNames) {
    assert.match(mermaid(), new RegExp(`\\b${phase}\\b`));
    assert.match(plain(), new RegExp(`^${phase} `, "m"));
  }
  for (const line of plain().split("\n")) assert.ok(line.length <= 80, line);
});
