/** One open descriptor, read and written without blocking the loop. */

import { EAGAIN, EOPNOTSUPP, errors, systemError, withCode } from "./errors.ts";
import { host, POLLIN, POLLOUT } from "./host.ts";

/** `enum write_mode` of descriptors.c. */
export const PLAIN = 0;
const NOWAIT = 2;
const SMALL = 3;

export class Descriptor {
  readonly #waiting = new Map<number, (reason: Error) => void>();
  #lastWrite: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  constructor(readonly fd: number, private mode = PLAIN) {}

  /** Waits for POLLIN even if bytes are ready, so that a busy writer cannot starve the loop. */
  async read(bytes: Uint8Array): Promise<number | null> {
    for (;;) {
      this.#assertOpen();
      if (bytes.length === 0) return 0;
      await this.ready(POLLIN);
      const size = host.read(this.fd, bytes);
      if (size >= 0) return size === 0 ? null : size;
      if (size !== -EAGAIN) throw systemError(-size);
    }
  }

  /** At most 64 kB; null at the end. */
  async readChunk(): Promise<Uint8Array<ArrayBuffer> | null> {
    for (;;) {
      this.#assertOpen();
      await this.ready(POLLIN);
      const chunk = host.readChunk(this.fd);
      if (typeof chunk !== "number") return chunk;
      if (chunk === 0) return null;
      if (chunk !== -EAGAIN) throw systemError(-chunk);
    }
  }

  /** Writes all bytes, after those of earlier calls. */
  write(bytes: Uint8Array): Promise<number> {
    const written = this.#lastWrite.then(() => this.#writeAll(bytes));
    this.#lastWrite = written.catch(() => {});
    return written;
  }

  async #writeAll(bytes: Uint8Array): Promise<number> {
    for (let sent = 0; sent < bytes.length;) {
      this.#assertOpen();
      if (this.mode === SMALL) await this.ready(POLLOUT);
      const size = host.write(this.fd, this.mode, bytes, sent);
      if (size >= 0) sent += size;
      else if (size === -EAGAIN) await this.ready(POLLOUT);
      else if (size === -EOPNOTSUPP && this.mode === NOWAIT) this.mode = SMALL;
      else throw systemError(-size);
    }
    return bytes.length;
  }

  /** Resolves when the descriptor is ready for the events or has failed. */
  ready(events: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = host.watch(this.fd, events, () => {
        this.#waiting.delete(id);
        resolve();
      });
      this.#waiting.set(id, reject);
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  close(): void {
    this.#assertOpen();
    this.#isOpen = false;
    for (const [id, reject] of this.#waiting) {
      host.unwatch(id);
      reject(withCode(new errors.Interrupted("operation canceled"), "EINTR"));
    }
    this.#waiting.clear();
    host.close(this.fd);
  }

  #assertOpen(): void {
    if (!this.#isOpen) throw new errors.BadResource("Bad resource ID");
  }
}

/** Blocks the loop, for output that must be written before the next step. */
export function writeSync(fd: number, bytes: Uint8Array): number {
  for (;;) {
    const size = host.write(fd, PLAIN, bytes, 0);
    if (size >= 0) return size;
    // Another process that shares the description made it non-blocking.
    if (size === -EAGAIN) host.waitUntilWritable(fd);
    else throw systemError(-size);
  }
}
