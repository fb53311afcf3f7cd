/** tandem may open no more files. */

import type { Fault } from "../fault.ts";
import { listing } from "../../../support/image.ts";

const LEAST_AT_START = 32;
const MOST_AT_START = 128;

export const descriptorFaults: readonly Fault[] = [
  {
    name: "few descriptors from the start",
    moment: "start",
    expects: { mayNotStart: [1, 69, 78], ends: [1], mayServeOn: true, losesRequests: true },
    prepare({ prefix, random }) {
      prefix.push("prlimit", `--nofile=${random.between(LEAST_AT_START, MOST_AT_START)}`);
    },
    inject: ({ env: _, prefix, note }) => Promise.resolve(note(prefix.at(-1)!)),
  },
  {
    name: "no descriptor left for tandem",
    expects: { leavesFiles: true },
    async inject({ launcher, random, note }) {
      const numbers = listing(`/proc/${launcher.pid}/fd`).map(Number);
      const limit = Math.max(...numbers) + 1 + random.between(0, 4);
      note(`limit ${limit}`);
      const args = [`--pid=${launcher.pid}`, `--nofile=${limit}`];
      await new Deno.Command("prlimit", { args }).output();
      launcher.signal("SIGHUP");
    },
  },
];
