/** Reads what a test of hardening needs of a 64-bit little-endian ELF file. */

import { Buffer } from "node:buffer";

const HEADER = { type: 16, programHeaders: 32, programHeaderCount: 56 };
const PROGRAM_HEADER_SIZE = 56;
const DYNAMIC_ENTRY_SIZE = 16;

export const PT = { LOAD: 1, DYNAMIC: 2, INTERP: 3, GNU_STACK: 0x6474e551, GNU_RELRO: 0x6474e552 };
export const DT = { NULL: 0, NEEDED: 1, FLAGS: 30, FLAGS_1: 0x6ffffffb };
export const ET_DYN = 3;
export const DF_BIND_NOW = 8;

export interface Segment {
  type: number;
  isWritable: boolean;
  isExecutable: boolean;
  offset: number;
  /** In memory, from the start of the executable. */
  address: number;
  fileSize: number;
  memorySize: number;
}

export class Elf {
  readonly type: number;
  readonly segments: Segment[];
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;

  constructor(path: string) {
    this.#bytes = Deno.readFileSync(path);
    this.#view = new DataView(this.#bytes.buffer);
    if (this.#view.getUint32(0) !== 0x7f454c46) throw new Error(`${path} is not an ELF file`);
    this.type = this.#view.getUint16(HEADER.type, true);
    const count = this.#view.getUint16(HEADER.programHeaderCount, true);
    const start = this.#long(HEADER.programHeaders);
    this.segments = Array.from(
      { length: count },
      (_, index) => this.#segment(start + index * PROGRAM_HEADER_SIZE),
    );
  }

  of(type: number): Segment[] {
    return this.segments.filter((segment) => segment.type === type);
  }

  /** The dynamic entries with a tag. */
  dynamic(tag: number): number[] {
    return this.of(PT.DYNAMIC).flatMap(({ offset, fileSize }) =>
      Array.from({ length: fileSize / DYNAMIC_ENTRY_SIZE }, (_, index) => {
        const at = offset + index * DYNAMIC_ENTRY_SIZE;
        return { tag: this.#long(at), value: this.#long(at + 8) };
      })
    ).filter((entry) => entry.tag === tag).map(({ value }) => value);
  }

  /** How often the pattern is in the executable segments, whose bytes are its characters. */
  countInCode(pattern: RegExp): number {
    return this.of(PT.LOAD).filter(({ isExecutable }) => isExecutable)
      // TextDecoder's "latin1" is windows-1252, where 0x8b is another character.
      .map(({ offset, fileSize }) => Buffer.from(this.#bytes.buffer, offset, fileSize))
      .reduce((sum, code) => sum + [...code.toString("latin1").matchAll(pattern)].length, 0);
  }

  #segment(at: number): Segment {
    const flags = this.#view.getUint32(at + 4, true);
    return {
      type: this.#view.getUint32(at, true),
      isWritable: (flags & 2) !== 0,
      isExecutable: (flags & 1) !== 0,
      offset: this.#long(at + 8),
      address: this.#long(at + 16),
      fileSize: this.#long(at + 32),
      memorySize: this.#long(at + 40),
    };
  }

  #long(at: number): number {
    return Number(this.#view.getBigUint64(at, true));
  }
}
