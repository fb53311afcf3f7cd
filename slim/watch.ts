/** `Deno.watchFs` of one path, over inotify, with the kinds that Deno gives to its events. */

import { Descriptor } from "./descriptor.ts";
import { checked, ENOENT, errors } from "./errors.ts";
import { host } from "./host.ts";

type Kind = "any" | "access" | "create" | "modify" | "rename" | "remove" | "other";

interface Event {
  kind: Kind;
  paths: string[];
}

const IN_MODIFY = 0x2, IN_ATTRIB = 0x4, IN_CLOSE_WRITE = 0x8, IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80, IN_CREATE = 0x100, IN_DELETE = 0x200, IN_DELETE_SELF = 0x400;
const IN_MOVE_SELF = 0x800;

const kinds: [bits: number, kind: Kind][] = [
  [IN_CREATE, "create"],
  [IN_MODIFY | IN_ATTRIB, "modify"],
  [IN_CLOSE_WRITE, "access"],
  [IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF, "rename"],
  [IN_DELETE | IN_DELETE_SELF, "remove"],
];
const ALL = kinds.reduce((sum, [bits]) => sum | bits, 0);

/** The fixed part of a `struct inotify_event`. */
const HEADER_BYTES = 16;

export class FsWatcher {
  readonly #descriptor: Descriptor;
  readonly #path: string;
  /** The first half of a rename, until the second one comes. */
  #from = { cookie: 0, path: "" };

  constructor(path: string) {
    this.#path = path.replace(/(.)\/+$/, "$1");
    const fd = host.inotify(path, ALL);
    // Deno gives the errors of its watcher no code, and names the paths in another way.
    if (fd === -ENOENT) {
      throw new errors.NotFound(`No such file or directory (os error 2) about ["${path}"]`);
    }
    this.#descriptor = new Descriptor(checked(fd));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    while (this.#descriptor.isOpen) {
      let bytes: Uint8Array<ArrayBuffer> | null;
      try {
        bytes = await this.#descriptor.readChunk();
      } catch (error) {
        if (this.#descriptor.isOpen) throw error;
        return;
      }
      if (bytes) yield* this.#events(bytes);
    }
  }

  *#events(bytes: Uint8Array<ArrayBuffer>): Generator<Event> {
    const view = new DataView(bytes.buffer);
    for (let start = 0; start < bytes.length;) {
      const [mask, cookie, size] = [4, 8, 12]
        .map((offset) => view.getUint32(start + offset, true)) as [number, number, number];
      const end = start + HEADER_BYTES + size;
      const padded = host.decode(bytes.subarray(start + HEADER_BYTES, end), false, true)!;
      const name = padded.replace(/\0.*$/s, "");
      yield* this.#describe(mask, cookie, name && this.#inside(name));
      start = end;
    }
  }

  #inside(name: string): string {
    return this.#path === "/" ? `/${name}` : `${this.#path}/${name}`;
  }

  *#describe(mask: number, cookie: number, inside: string): Generator<Event> {
    const kind = kinds.find(([bits]) => mask & bits)?.[1];
    if (!kind) return;
    const path = inside || this.#path;
    // As Deno words it: what is not there any more was removed, whatever the event was about.
    const isThere = typeof host.stat(path, true) !== "number";
    yield { kind: isThere ? kind : "remove", paths: [path] };
    if (mask & IN_MOVED_FROM) this.#from = { cookie, path };
    if (mask & IN_MOVED_TO && cookie === this.#from.cookie && isThere) {
      yield { kind: "rename", paths: [this.#from.path, path] };
    }
  }

  close(): void {
    this.#descriptor.close();
  }

  [Symbol.dispose](): void {
    if (this.#descriptor.isOpen) this.#descriptor.close();
  }
}

export function watchFs(path: string | string[], { recursive = true } = {}): FsWatcher {
  const [only, ...others] = [path].flat();
  if (only === undefined || others.length > 0 || recursive) {
    throw new errors.NotSupported("Cannot watch several folders: give one path, not recursive");
  }
  return new FsWatcher(only);
}
