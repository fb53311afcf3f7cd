/** The memory, threads and wake-ups of a launcher while the pair serves. */

import { isLauncher } from "../candidates.ts";
import type { Measurement } from "../measurement.ts";
import { idleUsage } from "./idle_usage.ts";

/** Runtimes end the threads that they no longer need after 10 s. */
const SETTLING_MS = 12_000;
const IDLE_MS = 5000;

export const memory: Measurement = {
  name: "memory",
  suits: isLauncher,
  title: "The launcher while the pair serves: memory, threads and wake-ups",
  notes: [
    "All processes of the launcher, without nginx and gunicorn; a page that two of them share counts twice.",
    `Wake-ups are the context switches of all its threads in ${IDLE_MS / 1000} idle seconds.`,
  ],
  metrics: [
    { title: "processes", digits: 0 },
    { title: "threads", digits: 0 },
    { title: "RSS, MB", digits: 1 },
    { title: "anonymous, MB", digits: 1 },
    { title: "wake-ups", digits: 0 },
  ],
  rounds: (asked) => Math.ceil(asked / 5),
  order: "at once",
  async measure(candidate, benchFolder) {
    const times = { settlingMs: SETTLING_MS, idleMs: IDLE_MS };
    const { before, after } = await idleUsage(candidate, benchFolder, times);
    const { processes, threads, rss, anonymous, switches } = after;
    return [processes, threads, rss, anonymous, switches - before.switches];
  },
};
