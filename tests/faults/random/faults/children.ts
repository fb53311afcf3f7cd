/** An app that misbehaves: it leaves processes, closes its output, writes endless lines, ignores signals. */

import assert from "node:assert/strict";
import { read } from "../../../support/machine/process_table.ts";
import { ask } from "../../../support/traffic/http_client.ts";
import type { Fault, Scene } from "../fault.ts";
import { isRelayed, isSanitized, isSlim } from "../setup.ts";

const LONGEST_LINE = 32e6;
/** Where the worker waits for the suite, which is the reader, or for a sanitized relay: 1 MB/s on a busy machine. */
const SHORTER_LINE = 2e6;
/** What the slim edition's relay may take for such a line; 8 MiB were measured. Deno's heap grows by more anyway. */
const MOST_GROWTH_KB = 24 * 1024;

function memoryOf({ launcher }: Scene, field: "VmHWM" | "VmRSS"): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(read(launcher.pid, "status")!)?.[1]);
}

export const childFaults: readonly Fault[] = [
  {
    name: "a process that forked twice",
    expects: {},
    inject: async ({ image }) => void await ask(image.port, "/invocations/orphan"),
  },
  {
    name: "a process that forked twice and ignores signals",
    expects: { holdsStop: true },
    inject: async ({ image }) => void await ask(image.port, "/invocations/orphan?ignore=1"),
  },
  {
    name: "a worker that closes its output",
    expects: {},
    inject: async ({ image }) => void await ask(image.port, "/invocations/quiet"),
  },
  {
    name: "a worker that ignores signals",
    expects: { holdsStop: true },
    inject: async ({ image }) => void await ask(image.port, "/invocations/stubborn"),
  },
  {
    name: "an endless line",
    expects: {},
    async inject(scene) {
      const before = memoryOf(scene, "VmRSS");
      const { setup } = scene;
      const size = isRelayed(setup) && !isSanitized(setup) ? LONGEST_LINE : SHORTER_LINE;
      await ask(scene.image.port, `/invocations/line?bytes=${size}`);
      if (size === SHORTER_LINE || !isSlim(setup)) return;
      const grown = memoryOf(scene, "VmHWM") - before;
      scene.note(`${Math.round(grown / 1024)} MiB more`);
      assert.ok(grown < MOST_GROWTH_KB, `tandem grew by ${grown} kB`);
    },
  },
];
