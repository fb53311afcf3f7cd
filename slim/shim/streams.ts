/** The part of ReadableStream that reads a child's output. */

import type { Descriptor } from "./descriptor.ts";

type Chunk = { value: Uint8Array<ArrayBuffer>; done: false } | { value: undefined; done: true };

const END: Chunk = { value: undefined, done: true };

export class ByteStream {
  #isLocked = false;

  constructor(private readonly descriptor: Descriptor) {}

  get locked(): boolean {
    return this.#isLocked;
  }

  getReader(): ByteReader {
    if (this.#isLocked) throw new TypeError("ReadableStream is locked");
    this.#isLocked = true;
    return new ByteReader(this.descriptor, () => this.#isLocked = false);
  }

  async cancel(): Promise<void> {
    const reader = this.getReader();
    await reader.cancel();
    reader.releaseLock();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = this.getReader();
    try {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        yield chunk.value;
      }
    } finally {
      await reader.cancel();
      reader.releaseLock();
    }
  }

  async readAll(): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this) chunks.push(chunk);
    const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let end = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, end);
      end += chunk.length;
    }
    return bytes;
  }
}

class ByteReader {
  #isReleased = false;
  /** Reads run one after another: two pending reads must not wait for the same bytes. */
  #lastRead: Promise<unknown> = Promise.resolve();
  #failPending = new Set<(reason: Error) => void>();

  constructor(
    private readonly descriptor: Descriptor,
    private readonly unlock: () => void,
  ) {}

  read(): Promise<Chunk> {
    if (this.#isReleased) return Promise.reject(new TypeError("The reader was released."));
    const { promise, resolve, reject } = Promise.withResolvers<Chunk>();
    this.#failPending.add(reject);
    this.#lastRead = this.#lastRead.then(() => this.#next()).then(resolve, reject)
      .finally(() => this.#failPending.delete(reject));
    return promise;
  }

  async #next(): Promise<Chunk> {
    if (!this.descriptor.isOpen) return END;
    try {
      const value = await this.descriptor.readChunk();
      if (value) return { value, done: false };
    } catch (error) {
      // `cancel` closed it during the read.
      if (this.descriptor.isOpen) throw error;
    }
    if (this.descriptor.isOpen) this.descriptor.close();
    return END;
  }

  async cancel(): Promise<void> {
    if (this.descriptor.isOpen) this.descriptor.close();
    await this.#lastRead;
  }

  releaseLock(): void {
    this.#isReleased = true;
    for (const fail of this.#failPending) fail(new TypeError("The reader was released."));
    this.unlock();
  }
}
