/** Samples of tandem's own memory and descriptors, and whether they stay flat. */

import assert from "node:assert/strict";
import { read } from "../../support/machine/process_table.ts";

export interface Sample {
  /** Bytes that belong to the process alone: its heap, stacks and written data. */
  anonymous: number;
  /** Bytes; includes pages of the executable, which the kernel takes away and gives back. */
  rss: number;
  descriptors: number;
}

export function takeSample(pid: number): Sample {
  const status = read(pid, "status") ?? "";
  const number = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return {
    anonymous: number("RssAnon") * 1024,
    rss: number("VmRSS") * 1024,
    descriptors: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
  };
}

/** The medians of the first and of the last third. */
export function compareThirds(samples: readonly Sample[]): { first: Sample; last: Sample } {
  const third = Math.max(1, Math.floor(samples.length / 3));
  return { first: medians(samples.slice(0, third)), last: medians(samples.slice(-third)) };
}

function medians(samples: readonly Sample[]): Sample {
  const of = (field: keyof Sample) => {
    const sorted = samples.map((sample) => sample[field]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)]!;
  };
  return {
    anonymous: of("anonymous"),
    rss: of("rss"),
    descriptors: of("descriptors"),
  };
}

/** A garbage collector's heap breathes; a leak of 1 kB for each request or line is more than this within 20 minutes. */
const GROWTH = 1.1;
const SLACK_BYTES = 500_000;

export function assertFlat(first: Sample, last: Sample): void {
  const limit = first.anonymous * GROWTH + SLACK_BYTES;
  assert.ok(
    last.anonymous <= limit,
    `anonymous memory grew from ${first.anonymous} to ${last.anonymous} bytes`,
  );
  assert.equal(last.descriptors, first.descriptors, "the descriptors of the last third");
}
