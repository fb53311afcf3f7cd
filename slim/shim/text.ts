/** TextEncoder and TextDecoder, for UTF-8 only. */

import { host } from "./host.ts";

export class TextEncoder {
  readonly encoding = "utf-8";

  encode(text = ""): Uint8Array<ArrayBuffer> {
    return host.encode(text);
  }
}

interface DecoderOptions {
  fatal?: boolean;
  ignoreBOM?: boolean;
}

const BYTE_ORDER_MARK = "\uFEFF";

export class TextDecoder {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  /** The start of a sequence that the last chunk cut off. */
  #rest = new Uint8Array(0);
  #isAtStart = true;

  constructor(label = "utf-8", { fatal = false, ignoreBOM = false }: DecoderOptions = {}) {
    if (!/^\s*utf-?8\s*$/i.test(label)) {
      throw new RangeError(`The encoding label provided ('${label}') is invalid.`);
    }
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  decode(input?: Uint8Array | ArrayBuffer, { stream = false } = {}): string {
    const bytes = this.#withRest(input instanceof ArrayBuffer ? new Uint8Array(input) : input);
    const text = host.decode(bytes, this.fatal, !stream);
    this.#rest = stream && text !== null
      ? bytes.slice(bytes.length - host.undecoded)
      : new Uint8Array(0);
    const isAtStart = this.#isAtStart;
    if (text !== "" || !stream) this.#isAtStart = !stream;
    if (text === null) throw new TypeError("The encoded data is not valid");
    const hasMark = isAtStart && !this.ignoreBOM && text.startsWith(BYTE_ORDER_MARK);
    return hasMark ? text.slice(1) : text;
  }

  #withRest(bytes: Uint8Array = new Uint8Array(0)): Uint8Array {
    if (this.#rest.length === 0) return bytes;
    const joined = new Uint8Array(this.#rest.length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, this.#rest.length);
    return joined;
  }
}
