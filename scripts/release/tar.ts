/** Writes tar, gzip and ar files whose bytes depend on nothing but their entries and one time. */

import { gzipSync } from "node:zlib";
import { type Bytes, bytesOf, concat, type Entry, foldersOf } from "./entries.ts";

const BLOCK = 512;

/** A tar file with the folders of its entries, all of them root's, sorted. @param time seconds since the epoch */
export function tar(entries: readonly Entry[], time: number, prefix = ""): Bytes {
  const sorted = [...entries].sort((a, b) => a.path < b.path ? -1 : 1);
  const folders = foldersOf(entries).map((path) => header(`${prefix}${path}/`, 0o755, 0, time));
  const root = prefix === "" ? [] : [header(prefix, 0o755, 0, time)];
  const files = sorted.flatMap(({ path, mode, data }) => [
    header(`${prefix}${path}`, mode, data.length, time),
    data,
    new Uint8Array(padding(data.length, BLOCK)),
  ]);
  return concat([...root, ...folders, ...files, new Uint8Array(2 * BLOCK)]);
}

/** The gzip header has no time and no name, as after `gzip -n`. */
export function gzip(data: Bytes): Bytes {
  return new Uint8Array(gzipSync(data, { level: 9 }));
}

export function tarGz(entries: readonly Entry[], time: number, prefix = ""): Bytes {
  return gzip(tar(entries, time, prefix));
}

/** In the form of ustar. */
function header(path: string, mode: number, size: number, time: number): Bytes {
  const block = new Uint8Array(BLOCK);
  const [name, folder] = split(path);
  const write = (at: number, text: string) => block.set(bytesOf(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  write(0, name);
  write(100, octal(mode, 7));
  write(108, octal(0, 7));
  write(116, octal(0, 7));
  write(124, octal(size, 11));
  write(136, octal(time, 11));
  write(148, " ".repeat(8));
  write(156, path.endsWith("/") ? "5" : "0");
  write(257, "ustar\x0000");
  write(265, "root");
  write(297, "root");
  write(345, folder);
  write(148, `${octal(block.reduce((sum, byte) => sum + byte, 0), 6)}\0 `);
  return block;
}

/** A name has at most 100 bytes; the folders before it go into a field of their own. */
function split(path: string): [name: string, folder: string] {
  if (path.length <= 100) return [path, ""];
  const at = path.indexOf("/", path.length - 101);
  if (at < 0 || at > 155) throw new Error(`${path} is too long for a tar file`);
  return [path.slice(at + 1), path.slice(0, at)];
}

/** The format of Debian packages. */
export function ar(members: readonly { name: string; data: Bytes }[], time: number): Bytes {
  const parts = members.flatMap(({ name, data }) => [
    bytesOf(
      name.padEnd(16) + `${time}`.padEnd(12) + "0     0     100644  " +
        `${data.length}`.padEnd(10) +
        "`\n",
    ),
    data,
    bytesOf("\n".repeat(padding(data.length, 2))),
  ]);
  return concat([bytesOf("!<arch>\n"), ...parts]);
}

function padding(length: number, unit: number): number {
  return (unit - length % unit) % unit;
}
