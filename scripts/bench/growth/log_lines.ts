/** Log lines of gunicorn at a steady rate, through the launchers that relay them. */

import { ask } from "../../../tests/support/traffic/http_client.ts";
import { type Candidate, isTandem, withFlags } from "../candidates.ts";
import type { Growth } from "../growth.ts";
import { Launch } from "../harness/launch.ts";
import { usageOf } from "../harness/usage.ts";

const SECONDS = 5;
/** For the lines that are on the way when the last has been written. */
const ARRIVAL_MS = 5000;

export const logLines: Growth = {
  name: "lines",
  notes: [
    `A child of gunicorn's stand-in writes lines of 80 bytes for ${SECONDS} s, each with one write; a reader that is ` +
    "like cat counts them.",
    "Only launchers that relay: tandem with --logs prefix and json, and supervisord. The others, and tandem by default, " +
    "let the children write to the reader themselves, which costs them nothing.",
    "The rate is that from the first line written to the last line read. The writer, the reader and the launcher " +
    "share the processors.",
  ],
  x: {
    title: "log lines per second",
    values: [10, 100, 1000, 10_000, 100_000],
  },
  curves: [
    { name: "cpu", title: "CPU of a log relay", y: "% of one CPU", digits: 2 },
    { name: "rate", title: "Lines that arrive", y: "lines per second", digits: 0 },
    { name: "lost", title: "Lost lines", y: "lines", digits: 0 },
    { name: "memory", title: "Memory of a log relay at the end", y: "RSS, MB", digits: 1 },
  ],
  candidates: (all) =>
    all.flatMap((candidate) => {
      if (candidate.name === "supervisord") return [candidate];
      if (!isTandem(candidate)) return [];
      return ["prefix", "json"].map((mode) => ({
        ...withFlags(candidate, "--logs", mode),
        name: `${candidate.name}, ${mode}`,
      }));
    }),
  async measure(candidate: Candidate, rate, benchFolder) {
    const lines = rate * SECONDS;
    const image = benchFolder.image();
    await using launch = new Launch(benchFolder, candidate, {
      pair: "nginx and a crowd",
      image,
      environment: { LINES: `${lines}`, LINES_PER_SECOND: `${rate}` },
      counting: { stdout: "pipe", mark: "steady line", lines },
    });
    await launch.firstAnswer();
    const launcher = launch.launcherProcesses();
    const before = usageOf(launcher);
    await ask(image.port, "/invocations");
    const { writing = 0, written = 0 } = await launch.times("writing", "written");
    // Without a last line, some are lost.
    const end = await launch.lastLine(ARRIVAL_MS).catch(() => written);
    const after = usageOf(launcher);
    await launch.stop();
    const total = await launch.lineCount();
    const milliseconds = (end - writing) / 1e6;
    return [
      (after.cpuMs - before.cpuMs) / milliseconds * 100,
      total / milliseconds * 1000,
      lines - total,
      after.rss,
    ];
  },
};
