/** What is tried in the virtual machine. It boots once, for all trials of all editions. */

import assert from "node:assert/strict";
import type { Edition } from "../../support/editions.ts";
import type { Figures, Trial } from "../platform.ts";
import { makeGuestFiles, MEMORY_MAX } from "./guest_files.ts";
import { bootOnce } from "./virtual_machine.ts";

/** A line that guest.py writes. */
interface Seen {
  edition: string;
  /** A traceback. */
  error?: string;
  /** The unit's, of this edition. */
  journal: string[];
  ready: string;
  limits: {
    cpuMax: string;
    memoryMax: number;
    workers: number;
    workersOutside: number;
    memoryCheck: string;
  };
  outgrow: {
    answer: string;
    line: string;
    oomKill: number;
    status: { kills: number; limitBytes: number };
  };
  stop: {
    stateMeanwhile: string;
    answers: Record<string, number>;
    result: string;
    exitStatus: string;
  };
}

const IN_FLIGHT = 16;

const LIMIT = `${MEMORY_MAX / 2 ** 20} MiB`;

/** @param root finds the root file system that the platform has prepared */
export function cgroupTrials(root: () => string): Trial[] {
  let report: Promise<Seen[]> | undefined;
  const trial = (name: string, judge: (seen: Seen) => Figures): Trial => ({
    name,
    async run(edition) {
      report ??= bootAndTry(root());
      const seen = seenOf(await report, edition);
      try {
        if (seen.error) throw new Error(seen.error);
        return judge(seen);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${seen.journal.join("\n")}`);
      }
    },
  });

  return [
    trial("`CPUQuota=50%`: the default number of workers", ({ ready, limits }) => {
      assert.equal(ready, "200", "the answer when systemctl start returns");
      assert.equal(limits.cpuMax, "50000 100000");
      assert.equal(limits.workersOutside, 2);
      assert.equal(limits.workers, 1);
      return { remarks: "1; without the quota 2" };
    }),
    trial("`MemoryMax=300M`: what `check` says", ({ limits }) => {
      assert.equal(limits.memoryMax, MEMORY_MAX);
      assert.ok(limits.memoryCheck.endsWith(`; ${LIMIT} are allowed`), limits.memoryCheck);
      return { remarks: limits.memoryCheck };
    }),
    trial("a worker outgrows `MemoryMax`: it is replaced, and the pair serves on", (seen) => {
      const { answer, line, oomKill, status } = seen.outgrow;
      assert.notEqual(answer, "200");
      assert.equal(oomKill, 1, "oom_kill of memory.events");
      assert.deepEqual(status, { limitBytes: MEMORY_MAX, kills: 1 });
      assert.ok(line.includes(`out of memory: limit ${LIMIT}, 1 kill`), line);
      return { remarks: `said in the journal and by \`status\`; \`oom_kill\` is ${oomKill}` };
    }),
    trial("a stop with 16 requests in flight", ({ stop }) => {
      assert.equal(stop.stateMeanwhile, "deactivating");
      assert.deepEqual(stop.answers, { "200": IN_FLIGHT });
      assert.deepEqual([stop.result, stop.exitStatus], ["success", "0"]);
      return { answered: IN_FLIGHT, lost: 0, remarks: "exit 0 in `systemctl show`" };
    }),
  ];
}

async function bootAndTry(root: string): Promise<Seen[]> {
  const files = makeGuestFiles();
  try {
    const text = await bootOnce(root, files);
    return text.split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line));
  } finally {
    await Deno.remove(files, { recursive: true });
  }
}

function seenOf(report: readonly Seen[], { name }: Edition): Seen {
  const seen = report.find(({ edition }) => edition === name);
  if (!seen) throw new Error(`the machine reported nothing of ${name}`);
  return seen;
}
