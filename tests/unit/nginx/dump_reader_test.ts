/** What is a directive in a dump and what is data, and that data costs next to nothing. */

import assert from "node:assert/strict";
import { parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { DumpReader } from "../../../lib/nginx/dump_reader.ts";

function cut(text: string, lengths: number[]): string[] {
  let at = 0;
  const pieces = lengths.map((length) => text.slice(at, at += length));
  return [...pieces, text.slice(at)];
}

function readDump(pieces: string[]) {
  const reader = new DumpReader();
  for (const piece of pieces) reader.read(piece);
  reader.end();
  return reader.files;
}

const header = (path: string) => `# configuration file ${path}:\n`;

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
