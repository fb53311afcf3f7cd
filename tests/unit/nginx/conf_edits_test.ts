/** Edits of a conf change what they name and nothing else, and the diff of them says exactly that. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  applyEdits,
  type ConfEdit,
  quoteWord,
  type TextEdit,
  toTextEdits,
} from "../../../lib/nginx/conf_edits.ts";
import { parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { type Block, buildTree, findAll } from "../../../lib/nginx/tree.ts";
import { splitLines, unifiedDiff } from "../../../lib/nginx/unified_diff.ts";
import { applyDiff } from "../support/apply_diff.ts";
import { property } from "../support/cases.ts";
import { noise } from "../support/noise.ts";

const treeOf = (text: string) => buildTree([{ path: "/n", directives: parseDirectives(text) }]);

function edited(text: string, toEdits: (find: (name: string) => Block) => ConfEdit[]): string {
  const tree = treeOf(text);
  const edits = toEdits((name) => findAll(tree, name)[0]!);
  return applyEdits(text, toTextEdits(text, parseDirectives(text), edits));
}

type Find = (name: string) => Block;

const cases: [what: string, before: string, toEdits: (find: Find) => ConfEdit[], after: string][] =
  [
    [
      "an argument, with its blanks and comments",
      "a 1;\n  b   'x y'\n # c\n  2 ; # d\n",
      (find) => [{ kind: "replace", directive: find("b"), arg: 1, text: "3" }],
      "a 1;\n  b   'x y'\n # c\n  3 ; # d\n",
    ],
    [
      "an argument that is removed",
      "listen 80 # the port\n  deferred reuseport;",
      (find) => [{ kind: "replace", directive: find("listen"), arg: 1 }],
      "listen 80 # the port\n reuseport;",
    ],
    [
      "an appended argument",
      'l "a b" x # y\n;',
      (find) => [{ kind: "append", directive: find("l"), text: "z=1" }],
      'l "a b" x z=1 # y\n;',
    ],
    [
      "lines before a directive, with its indentation",
      "h {\n\t p x;\n}",
      (find) => [
        { kind: "insert", before: find("p"), name: "a", value: "1" },
        { kind: "insert", before: find("p"), name: "b", value: "2" },
      ],
      "h {\n\t a 1;\n\t b 2;\n\t p x;\n}",
    ],
    [
      "a line that ends like the others",
      "h {\r\n  p x;\r\n}",
      (find) => [{ kind: "insert", before: find("p"), name: "a", value: "1" }],
      "h {\r\n  a 1;\r\n  p x;\r\n}",
    ],
    [
      "a directive in the middle of a line",
      "h { p x; }",
      (find) => [{ kind: "insert", before: find("p"), name: "a", value: "1" }],
      "h { a 1; p x; }",
    ],
    [
      "one target twice, as in a file that two servers include",
      "p x;",
      (find) => [
        { kind: "insert", before: find("p"), name: "proxy_set_header Host", value: "$host" },
        { kind: "insert", before: find("p"), name: "proxy_set_header Host", value: "$http_host" },
        { kind: "replace", directive: find("p"), arg: 0, text: "y" },
        { kind: "replace", directive: find("p"), arg: 0, text: "z" },
      ],
      "proxy_set_header Host $host;\np y;",
    ],
  ];

for (const [what, before, toEdits, after] of cases) {
  Deno.test(`conf edits: ${what}`, () => assert.equal(edited(before, toEdits), after));
}

Deno.test("conf edits: a file that has changed meanwhile is left alone", () => {
  const directive = findAll(treeOf("a 1; b 2;"), "b")[0]!;
  const now = "b 2;\na 1;";
  const edit: ConfEdit = { kind: "replace", directive, arg: 0, text: "3" };
  assert.deepEqual(toTextEdits(now, parseDirectives(now), [edit]), []);
});

Deno.test("unified diff: hunks with three lines of context, and a last line without newline", () => {
  const text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13 x";
  const at = (found: string) => text.indexOf(found);
  const diff = unifiedDiff("/a b", text, [
    { start: at("4"), end: at("5"), text: "four\n4½\n" },
    { start: at("x"), end: text.length, text: "y" },
  ]);
  assert.equal(
    diff,
    `--- /a b\t
+++ /a b\t
@@ -1,7 +1,8 @@
 1
 2
 3
-4
+four
+4½
 5
 6
 7
@@ -10,4 +11,4 @@
 10
 11
 12
-13 x
\\ No newline at end of file
+13 y
\\ No newline at end of file
`,
  );
  assert.equal(unifiedDiff("/a", text, []), "");
  assert.equal(unifiedDiff("/a", text, [{ start: 0, end: 1, text: "1" }]), "");
});

const lines = fc.array(fc.constantFrom("a", "b;", "", "  c d", "ä"), {
  minLength: 1,
  maxLength: 40,
})
  .chain((lines) => fc.constantFrom("", "\n").map((end) => `${lines.join("\n")}x${end}`));
const edits = fc.array(
  fc.record({
    at: fc.nat(60),
    length: fc.nat(6),
    text: fc.constantFrom("", "e", "new\n", "\n", "f\ng"),
  }),
  { maxLength: 8 },
);

property(
  "unified diff: applied to the text, it gives the text with the edits",
  [lines, edits],
  (text, raw) => {
    // The last character stays, as the last `;` or `}` of a conf does.
    const last = text.trimEnd().length - 1;
    let from = 0;
    const placed: TextEdit[] = raw.flatMap(({ at, length, text }) => {
      const start = from + at % 20;
      const end = start + length;
      if (end > last) return [];
      from = end + 1;
      return [{ start, end, text }];
    });
    const expected = applyEdits(text, placed);
    assert.equal(applyDiff(text, unifiedDiff("/n", text, placed)), expected);
    assert.equal(splitLines(expected).join(""), expected);
  },
);

const words = fc.constantFrom("a", "${b}", '"c d"', "'e;'", "f\\ g", "#h\n", "i#j", "{}", "\t");
const confs = fc.array(
  fc.tuple(fc.array(words, { maxLength: 5 }), fc.constantFrom(";", "; ", ";\n", " {\n", "}\n")),
  { maxLength: 12 },
).map((parts) => parts.map(([words, end]) => `n ${words.join(" ")}${end}`).join(""));

property(
  "conf edits: each changes one argument of one directive, and the diff of all says so",
  [fc.oneof(confs, noise), fc.array(fc.tuple(fc.nat(11), fc.nat(4)), { maxLength: 6 })],
  (text, targets) => {
    const directives = parseDirectives(text);
    const chosen = targets.filter(([index, arg]) => arg < (directives[index]?.args.length ?? 0));
    const edits = chosen.map(([index, arg]): ConfEdit => ({
      kind: "replace",
      directive: { ...directives[index]!, children: [], place: { path: "/n", index } },
      arg,
      text: "new",
    }));
    const placed = toTextEdits(text, directives, edits);
    const fresh = applyEdits(text, placed);
    const expected = directives.map(({ name, args, within }, index) => ({
      name,
      args: args.map((old, arg) => chosen.some(([i, a]) => i === index && a === arg) ? "new" : old),
      within,
    }));
    assert.deepEqual(
      parseDirectives(fresh).map(({ name, args, within }) => ({ name, args, within })),
      expected,
    );
    assert.equal(applyDiff(text, unifiedDiff("/n", text, placed)), fresh);
  },
);

property("conf edits: a word in quotes is read as it was", [noise], (word) => {
  assert.deepEqual(parseDirectives(`n ${quoteWord(word)};`)[0]!.args, [word]);
});
