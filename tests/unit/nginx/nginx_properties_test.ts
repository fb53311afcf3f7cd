/** No conf, glob, size or time makes nginx's readers fail, and each agrees with a second, simpler way to read it. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { DirectiveReader, parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { proxiedHost, summarizeConf } from "../../../lib/nginx/directives.ts";
import { DumpReader } from "../../../lib/nginx/dump_reader.ts";
import { findPaths, parseBuild } from "../../../lib/nginx/paths.ts";
import { buildTree, globToRegExp } from "../../../lib/nginx/tree.ts";
import { findProxyLocations } from "../../../lib/nginx/upstreams.ts";
import { parseSize, parseTime } from "../../../lib/nginx/values.ts";
import { property } from "../support/cases.ts";
import { noise } from "../support/noise.ts";

const notation = fc.constantFrom(
  ...["listen", "include", "geo", "map", "[z-a].conf", "x_by_lua_block", "80", "1-99999999999"],
  ...["http {", "server {", "upstream a {", "location / {", "proxy_pass http://a;", "[\\]", "user"],
  ...["{", "}", ";", '"', "'", "\\", "#", "${", "$", "\n", " ", "ä", "#\n", "unix:", "]", "[!"],
  "\n# configuration file /n/a.conf:\n",
);

/** Any bytes as they come out of the decoder, and pieces of the language in any order. */
const confs = fc.oneof(
  noise,
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.array(notation, { maxLength: 60 }).map((words) => words.join("")),
  fc.array(notation, { maxLength: 60 }).map((words) => words.join(" ")),
);

const lengths = fc.array(fc.nat(12), { maxLength: 60 });

function cut(text: string, lengths: number[]): string[] {
  let at = 0;
  return [...lengths.map((length) => text.slice(at, at += length)), text.slice(at)];
}

function readDump(pieces: string[]) {
  const reader = new DumpReader();
  for (const piece of pieces) reader.read(piece);
  reader.end();
  return reader.files;
}

property(
  "nginx properties: any text has a tree, a summary, paths and locations",
  [confs],
  (text) => {
    const dump = `# configuration file /n/main:\n${text}`;
    for (const files of [readDump([dump]), readDump([text])]) {
      const { listens } = summarizeConf(files.flatMap(({ directives }) => directives));
      for (const { address } of listens) {
        if (address.transport === "tcp") assert.ok(address.port >= 0, `${address.port}`);
      }
      const tree = buildTree(files);
      findPaths(tree, parseBuild(text));
      for (const { targets } of findProxyLocations(tree)) assert.ok(Array.isArray(targets));
    }
  },
);

property(
  "nginx properties: a conf read in pieces has the directives of the whole text",
  [confs, lengths],
  (text, lengths) => {
    const reader = new DirectiveReader();
    const found = cut(text, lengths).flatMap((piece) => reader.read(piece));
    assert.deepEqual([...found, ...reader.read("", true)], parseDirectives(text));
  },
);

property(
  "nginx properties: a dump read in pieces has the files of the whole text",
  [confs, lengths],
  (text, lengths) => {
    const dump = `# configuration file /n/main:\n${text}`;
    assert.deepEqual(readDump(cut(dump, lengths)), readDump([dump]));
  },
);

const quote = (word: string, mark: string) =>
  mark + word.replace(/[\\"']/g, (special) => `\\${special}`) + mark;

property(
  "nginx properties: every word in quotes is read as it was",
  [fc.array(fc.tuple(fc.oneof(noise, fc.string()), fc.constantFrom('"', "'")), { maxLength: 8 })],
  (words) => {
    const line = `name ${words.map(([word, mark]) => quote(word, mark)).join(" ")};`;
    const args = words.map(([word]) => word);
    const place = { start: 0, end: line.length };
    assert.deepEqual(parseDirectives(line), [{ name: "name", args, within: [], ...place }]);
  },
);

const globParts = fc.constantFrom("*", "?", "[", "]", "!", "-", "\\", "a", "b", "z", "/", ".", "^");
const globs = fc.array(globParts, { maxLength: 12 }).map((parts) => parts.join(""));
const names = fc.string({ unit: fc.constantFrom("a", "b", "z", "/", ".", "-", "]"), maxLength: 8 });

property(
  "nginx properties: any glob is a pattern, and one without classes matches as glob(7) says",
  [fc.oneof(globs, noise), names],
  (glob, name) => {
    const matches = globToRegExp(glob).test(name);
    if (!/[[\]\\]/.test(glob)) assert.equal(matches, matchesGlob([...glob], [...name]));
  },
);

function matchesGlob([part, ...glob]: string[], name: string[]): boolean {
  if (part === undefined) return name.length === 0;
  const [first, ...rest] = name;
  const takesFirst = first !== undefined &&
    (part === "*" || part === "?" ? first !== "/" : first === part);
  if (part !== "*") return takesFirst && matchesGlob(glob, rest);
  return matchesGlob(glob, name) || (takesFirst && matchesGlob([part, ...glob], rest));
}

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, M: 2_592_000, "": 1 };
const units = Object.keys(SECONDS) as (keyof typeof SECONDS)[];

property(
  "nginx properties: a time is the sum of its parts",
  [fc.array(fc.tuple(fc.nat(10_000), fc.constantFrom(...units)), { minLength: 1, maxLength: 4 })],
  (parts) => {
    const text = parts.map(([count, unit]) => `${count}${unit}`).join(" ");
    const sum = parts.reduce((sum, [count, unit]) => sum + count * SECONDS[unit], 0);
    assert.equal(parseTime(text), sum);
  },
);

property("nginx properties: any text is a size and a time or is not, at once", [
  fc.oneof(noise, fc.tuple(fc.nat(40), noise).map(([count, text]) => "1".repeat(count) + text)),
], (text) => {
  const begin = performance.now();
  for (const value of [parseSize(text), parseTime(text)]) {
    assert.ok(value === undefined || value >= 0);
  }
  assert.equal(typeof proxiedHost(text), "string");
  assert.ok(performance.now() - begin < 2000);
});
