/** A file system gets full or read-only. */

import assert from "node:assert/strict";
import { exists, listing } from "../../../support/image.ts";
import { SCHEDULING_MS, until } from "../../../support/waiting.ts";
import type { Fault } from "../fault.ts";
import { canMount, mountSmall, remount } from "../private_mounts.ts";

const KILOBYTES = 64;
const FILLER = "filler";

function fill(folder: string): void {
  using file = Deno.openSync(`${folder}/${FILLER}`, { create: true, append: true });
  // In ever smaller pieces, until not even a byte fits.
  for (let size = 4096; size >= 1;) {
    try {
      if (file.writeSync(new Uint8Array(size)) < size) size = Math.floor(size / 2);
    } catch {
      size = Math.floor(size / 2);
    }
  }
}

const isPossible = () => canMount;

export const diskFaults: readonly Fault[] = [
  {
    name: "the state folder full",
    applies: isPossible,
    // nginx keeps large bodies in it.
    expects: { losesRequests: true },
    async prepare({ image, undo }) {
      await mountSmall(image.state, KILOBYTES, undo);
      // Undone after what other faults put there.
      undo.defer(() => assert.deepEqual(listing(image.state), [FILLER], "nothing else is left"));
    },
    inject({ image, setup }) {
      fill(image.state);
      return Promise.resolve({ losesRequests: setup.conf === "built-in" });
    },
  },
  {
    name: "the state folder full from the start",
    applies: isPossible,
    moment: "start",
    expects: { mayNotStart: [78], mayServeOn: true, losesRequests: true },
    async prepare({ image, random, undo }) {
      await mountSmall(image.state, KILOBYTES, undo);
      fill(image.state);
      // Of tmpfs, a page is 4 KiB.
      if (random.chance(0.5)) Deno.truncateSync(`${image.state}/${FILLER}`, (KILOBYTES - 4) * 1024);
      undo.defer(() => assert.deepEqual(listing(image.state), [FILLER], "nothing else is left"));
    },
    inject: () => Promise.resolve(),
  },
  {
    name: "the state folder read-only",
    applies: isPossible,
    expects: { losesRequests: true, leavesFiles: true },
    prepare: ({ image, undo }) => mountSmall(image.state, KILOBYTES, undo),
    async inject({ image, setup }) {
      // Fails as long as a file is open for writing.
      await until(SCHEDULING_MS, "a read-only state folder", () => remount(image.state, "ro"));
      return { losesRequests: setup.conf === "built-in", leavesFiles: true };
    },
  },
  {
    name: "the log folder full",
    applies: isPossible,
    expects: {},
    async prepare({ image, undo, args }) {
      await mountSmall(image.log, KILOBYTES, undo);
      args.push("--no-log-links");
    },
    inject: ({ image }) => Promise.resolve(fill(image.log)),
  },
  {
    name: "the log folder read-only from the start",
    applies: isPossible,
    moment: "start",
    // Where the links are right already, nginx starts.
    expects: { mayNotStart: [1, 78], mayServeOn: true },
    async prepare({ image, random, undo }) {
      await mountSmall(image.log, KILOBYTES, undo);
      if (random.chance(0.5)) {
        Deno.symlinkSync("/dev/stdout", `${image.log}/access.log`);
        Deno.symlinkSync("/dev/stderr", `${image.log}/error.log`);
      }
      assert.ok(await remount(image.log, "ro"));
    },
    inject: ({ image, note }) =>
      Promise.resolve(note(exists(`${image.log}/access.log`) ? "with links" : "without links")),
  },
];
