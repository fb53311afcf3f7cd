/** Writes a zip file whose bytes depend on nothing but its entries and one time. */

import { crc32, deflateRawSync } from "node:zlib";
import { type Bytes, bytesOf, concat, type Entry } from "./entries.ts";

const DEFLATED = 8;
const UTF8_NAMES = 0x800;
/** 2.0, which has deflate, made on Unix, so that the modes count. */
const VERSION = 20;
const MADE_BY = 3 << 8 | VERSION;
const REGULAR_FILE = 0o100000;

export function zip(entries: readonly Entry[], time: number): Bytes {
  const moment = dosTime(time);
  let at = 0;
  const files = entries.map(({ path, mode, data }) => {
    const name = bytesOf(path);
    const packed = new Uint8Array(deflateRawSync(data, { level: 9 }));
    const common = [
      ...[u16(VERSION), u16(UTF8_NAMES), u16(DEFLATED), moment],
      ...[u32(crc32(data)), u32(packed.length), u32(data.length), u16(name.length), u16(0)],
    ];
    const local = concat([u32(0x04034b50), ...common, name, packed]);
    const central = concat([
      ...[u32(0x02014b50), u16(MADE_BY), ...common, u16(0), u16(0), u16(0)],
      ...[u32((REGULAR_FILE | mode) * 0x10000), u32(at), name],
    ]);
    at += local.length;
    return { local, central };
  });
  const directory = concat(files.map(({ central }) => central));
  const count = u16(files.length);
  return concat([
    ...files.map(({ local }) => local),
    directory,
    ...[u32(0x06054b50), u16(0), u16(0), count, count, u32(directory.length), u32(at), u16(0)],
  ]);
}

/** Its clock begins in 1980 and ticks every 2 s; here it shows UTC. */
function dosTime(seconds: number): Bytes {
  const date = new Date(Math.max(seconds, Date.UTC(1980) / 1000) * 1000);
  const [hour, minute, second] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return concat([
    u16(hour << 11 | minute << 5 | second >> 1),
    u16((year - 1980) << 9 | month << 5 | day),
  ]);
}

function u16(value: number): Bytes {
  return new Uint8Array([value, value >> 8]);
}

function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
