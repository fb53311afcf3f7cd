/** The writers of archives, read back as far as Deno alone can; `test:release` has tar, pip, dpkg and npm read them. */

import assert from "node:assert/strict";
import { gunzipSync, inflateRawSync } from "node:zlib";
import { bytesOf, programEntry, textEntry } from "../../../scripts/release/entries.ts";
import { ar, tar, tarGz } from "../../../scripts/release/tar.ts";
import { zip } from "../../../scripts/release/zip.ts";

const TIME = 1_700_000_000;
const entries = [programEntry("b/tandem", bytesOf("#!")), textEntry("a.txt", "text\n")];
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("release files: the order of the entries does not change a tar file", () => {
  assert.deepEqual(tar(entries, TIME), tar(entries.toReversed(), TIME));
  assert.notDeepEqual(tar(entries, TIME), tar(entries, TIME + 1));
});

Deno.test("release files: tar has folders, modes, owners and sums", () => {
  const bytes = tar(entries, TIME, "top/");
  const headers = [0, 1, 2, 4].map((block) => bytes.subarray(block * 512, (block + 1) * 512));
  const field = (header: Uint8Array, at: number, length: number) =>
    textOf(header.subarray(at, at + length)).replace(/[\0 ]+$/, "");
  assert.deepEqual(
    headers.map((header) => [field(header, 0, 100), field(header, 100, 8), field(header, 265, 32)]),
    [
      ["top/", "0000755", "root"],
      ["top/b/", "0000755", "root"],
      ["top/a.txt", "0000644", "root"],
      ["top/b/tandem", "0000755", "root"],
    ],
  );
  for (const header of headers) {
    const sum = parseInt(field(header, 148, 8), 8);
    header.fill(32, 148, 156);
    assert.equal(header.reduce((total, byte) => total + byte, 0), sum);
  }
  assert.equal(bytes.length % 512, 0);
});

Deno.test("release files: a long path is split, one that is too long is refused", () => {
  const path = `${"folder/".repeat(20)}${"n".repeat(90)}`;
  const bytes = tar([textEntry(path, "")], TIME);
  const header = bytes.subarray(bytes.length - 3 * 512, bytes.length - 2 * 512);
  const name = textOf(header.subarray(0, 100)).replace(/\0+$/, "");
  assert.equal(`${textOf(header.subarray(345, 500)).replace(/\0+$/, "")}/${name}`, path);
  assert.throws(() => tar([textEntry("n".repeat(101), "")], TIME), /too long for a tar file/);
});

Deno.test("release files: gzip has no time in its header", () => {
  const packed = tarGz(entries, TIME);
  assert.deepEqual([...packed.subarray(4, 8)], [0, 0, 0, 0]);
  assert.deepEqual(new Uint8Array(gunzipSync(packed)), tar(entries, TIME));
});

Deno.test("release files: ar pads members of odd length", () => {
  const text = textOf(
    ar([{ name: "odd", data: bytesOf("x") }, { name: "next", data: bytesOf("yy") }], TIME),
  );
  assert.match(text, /^!<arch>\nodd {13}1700000000.{22}1 {9}`\nx\nnext {12}/);
});

Deno.test("release files: zip has modes, sizes and the packed bytes", () => {
  const bytes = zip(entries, TIME);
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  assert.equal(view.getUint16(end + 10, true), entries.length);
  const central = view.getUint32(end + 16, true);
  assert.equal(view.getUint32(central, true), 0x02014b50);
  assert.equal(view.getUint32(central + 38, true) >>> 16, 0o100755);
  const size = view.getUint32(central + 20, true);
  const packed = bytes.subarray(30 + "b/tandem".length, 30 + "b/tandem".length + size);
  assert.equal(textOf(inflateRawSync(packed)), "#!");
});
