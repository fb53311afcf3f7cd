/** The directives of a conf are the same in whatever pieces its text comes, and data costs next to nothing. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { DirectiveReader, parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { DumpReader } from "../../../lib/nginx/dump_reader.ts";
import { noise } from "../support/noise.ts";

const notation = fc.constantFrom(
  ...["listen", "include", "geo", "map", "a.conf", "x_by_lua_block", "80", "~^/a", "1.2.3.0/24 x;"],
  ...["{", "}", ";", '"', "'", "\\", "#", "${", "$", "\n", " ", "ä", "#\n", "geo {", "a b;"],
);

const confs = fc.oneof(
  noise,
  fc.array(notation, { maxLength: 60 }).map((words) => words.join("")),
  fc.array(notation, { maxLength: 60 }).map((words) => words.join(" ")),
);

/** Lengths of pieces; the rest of the text is one more. */
const lengths = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 });

function cut(text: string, lengths: number[]): string[] {
  let at = 0;
  const pieces = lengths.map((length) => text.slice(at, at += length));
  return [...pieces, text.slice(at)];
}

Deno.test("nginx reader: the directives are the same whatever the pieces", () => {
  fc.assert(
    fc.property(confs, lengths, (text, lengths) => {
      const reader = new DirectiveReader();
      const found = cut(text, lengths).flatMap((piece) => reader.read(piece));
      assert.deepEqual([...found, ...reader.read("", true)], parseDirectives(text));
    }),
    { numRuns: 3000 },
  );
});

function readDump(pieces: string[]) {
  const reader = new DumpReader();
  for (const piece of pieces) reader.read(piece);
  reader.end();
  return reader.files;
}

const header = (path: string) => `# configuration file ${path}:\n`;

Deno.test("nginx reader: the files of a dump are the same whatever the pieces", () => {
  const parts = fc.array(
    fc.oneof(notation, fc.constantFrom("a", "b", "c").map((name) => `\n${header(`/n/${name}`)}`)),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(parts, lengths, (parts, lengths) => {
      const text = header("/n/main") + parts.join(" ");
      assert.deepEqual(readDump(cut(text, lengths)), readDump([text]));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("nginx reader: what looks like a header within a line is none", () => {
  const text = `${header("/n/main")}listen 1; ${header("/n/b")}a\r${header("/n/c")}listen 2;\n`;
  for (let at = 1; at < text.length; at++) {
    const files = readDump([text.slice(0, at), text.slice(at)]);
    assert.deepEqual(files.map(({ path }) => path), ["/n/main"], `cut at ${at}`);
  }
});

Deno.test("nginx reader: a file that a block of data includes is data, and so is what it includes", () => {
  const files = readDump([
    header("/n/main") + "http { geo $a { include geo/*; } include b.conf; }\n\n" +
    header("/n/geo/a") + "listen 1;\ninclude /n/more;\n\n" +
    header("/n/more") + "daemon on;\n\n" +
    header("/n/b.conf") + "server { listen 2; }\n\n",
  ]);
  assert.deepEqual(
    files.map(({ path, directives }) => [path, directives.map(({ name }) => name)]),
    [
      ["/n/main", ["http", "geo", "include", "include"]],
      ["/n/geo/a", ["include"]],
      ["/n/more", []],
      ["/n/b.conf", ["server", "listen"]],
    ],
  );
});

Deno.test("nginx reader: nothing in the body of a map is a directive", () => {
  const text =
    'http { map $a $b { default "}"; daemon on; ~^/a{2} 1; listen 3; # }\n } server { listen 4; } }';
  const found = parseDirectives(text).map(({ name, args }) => [name, ...args].join(" "));
  assert.deepEqual(found, ["http", "map $a $b", "server", "listen 4"]);
});

const long: [what: string, piece: string][] = [
  ["data", "geo $a {" + "10.0.0.0/24 us;\n".repeat(500_000) + "}"],
  ["comment", "#" + "x".repeat(8_000_000)],
];

for (const [what, text] of long) {
  Deno.test(`nginx reader: 8 MB of ${what} in pieces are read within 5 s`, () => {
    const begin = performance.now();
    const pieces = cut(text, Array.from({ length: text.length / 65_536 }, () => 65_536));
    readDump([header("/n"), ...pieces]);
    assert.ok(performance.now() - begin < 5000);
  });
}
