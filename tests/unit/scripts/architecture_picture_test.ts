/** The picture in docs/architecture.md shows the imports as they are. */

import assert from "node:assert/strict";
import { flowchart, withoutImplied, withPicture } from "../../../scripts/architecture_picture.ts";
import { readSource, readSources, root, sourceOf } from "../../../scripts/imports.ts";

const document = await Deno.readTextFile(`${root}docs/architecture.md`);
const sources = [readSource(`${root}main.ts`), ...readSources("lib")];

Deno.test("picture: docs/architecture.md is current; else run `deno task picture`", () => {
  assert.equal(withPicture(document), document);
});

Deno.test("picture: a new import between two floors changes it", () => {
  const down = [...sources, sourceOf("lib/plan/x.ts", 'import "../build_info.ts";\n')];
  assert.ok(!flowchart(sources).includes("lib_plan -->"));
  assert.ok(flowchart(down).includes("  lib_plan --> lib_build_info_ts\n"));
  assert.notEqual(withPicture(document, down), document);
});

Deno.test("picture: a new folder is refused until the script says what it is for", () => {
  const more = [...sources, sourceOf("lib/util/x.ts", "")];
  assert.throws(() => flowchart(more), /^Error: Cannot draw lib\/util\/: correct the lists/);
  const room = [...sources, sourceOf("lib/host/misc/x.ts", "")];
  assert.throws(() => flowchart(room), /Cannot draw misc\/:/);
  const fewer = sources.filter(({ path }) => !path.startsWith("lib/nginx/"));
  assert.throws(() => flowchart(fewer), /Cannot draw lib\/nginx\/:/);
});

Deno.test("picture: arrows that a longer path implies are left out", () => {
  const graph = new Map(Object.entries({
    a: new Set(["b", "c", "d"]),
    b: new Set(["c"]),
    c: new Set<string>(),
    d: new Set(["c"]),
  }));
  const left = [...withoutImplied(graph)].map(([from, targets]) => [from, ...targets].join(" "));
  assert.deepEqual(left, ["a b d", "b c", "c", "d c"]);
});

Deno.test("picture: text around the marks stays; a document without marks is refused", () => {
  const drawn = withPicture("a $& b\n<!-- floors -->\nstale text\n<!-- /floors -->\n$1 c\n");
  assert.ok(drawn.startsWith("a $& b\n<!-- floors -->\n"));
  assert.ok(drawn.endsWith("<!-- /floors -->\n$1 c\n"));
  assert.ok(!drawn.includes("stale text"));
  assert.throws(() => withPicture("# tandem\n"), /no <!-- floors --> marks/);
});
