/** An app that misbehaves: it leaves processes, closes its output, writes endless lines, ignores signals. */

import assert from "node:assert/strict";
import { read } from "../../../support/machine/process_table.ts";
import { ask } from "../../../support/traffic/http_client.ts";
import type { Fault, Scene } from "../fault.ts";
import { isRelayed, isSanitized } from "../setup.ts";

const LONGEST_LINE = 64e6;
/** Without a relay, the worker waits for the reader, which is the suite. */
const LINE_WITHOUT_RELAY = 2e6;
/** What the relay may take for such a line: its buffers, and what the runtime needs for them. */
const MOST_GROWTH_KB = 56 * 1024;

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
      const size = isRelayed(scene.setup) ? LONGEST_LINE : LINE_WITHOUT_RELAY;
      await ask(scene.image.port, `/invocations/line?bytes=${size}`);
      if (!isRelayed(scene.setup) || isSanitized(scene.setup)) return;
      const grown = memoryOf(scene, "VmHWM") - before;
      scene.note(`${Math.round(grown / 1024)} MiB more`);
      assert.ok(grown < MOST_GROWTH_KB, `tandem grew by ${grown} kB`);
    },
  },
];
