import assert from "node:assert/strict";
import { phaseNames } from "../../../lib/supervise/phases.ts";
import { mermaid, plain, withDiagram } from "../../../scripts/state_diagram.ts";

const readme = await Deno.readTextFile(new URL("../../../README.md", import.meta.url));

Deno.test("diagram: the README shows the phases as they are; else run `deno task diagram`", () => {
  assert.equal(withDiagram(readme), readme);
});

Deno.test("diagram: a README without the marks is refused, not rewritten", () => {
  assert.throws(() => withDiagram("# tandem\n"), /no <!-- phases --> marks/);
});

Deno.test("diagram: what stands around the marks stays, dollars and all", () => {
  const around = (between: string) => `a $& b\n<!-- phases -->\n${between}<!-- /phases -->\n$1 c\n`;
  const drawn = withDiagram(around("old\n"));
  assert.ok(drawn.startsWith("a $& b\n<!-- phases -->\n"));
  assert.ok(drawn.endsWith("<!-- /phases -->\n$1 c\n"));
  assert.ok(!drawn.includes("old"));
  assert.equal(withDiagram(drawn), drawn);
});

Deno.test("diagram: Mermaid gets one label a line, without what would end it", () => {
  const lines = mermaid().split("\n").slice(2, -1);
  for (const line of lines) {
    assert.match(line, /^ {2}(\[\*\]|[a-z]+) --> (\[\*\]|[a-z]+)(: [^:;]+)?$/);
  }
  assert.equal(new Set(lines).size, lines.length);
});

Deno.test("diagram: both forms have every phase; the text fits a terminal", () => {
  for (const phase of phaseNames) {
    assert.match(mermaid(), new RegExp(`\\b${phase}\\b`));
    assert.match(plain(), new RegExp(`^${phase} `, "m"));
  }
  for (const line of plain().split("\n")) assert.ok(line.length <= 80, line);
});
