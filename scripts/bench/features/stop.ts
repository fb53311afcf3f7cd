/** What a stop loses, and how long it takes. */

import { killByPid } from "../../../tests/support/machine/process_table.ts";
import type { Feature } from "../features.ts";
import { readIfThere } from "../harness/image.ts";
import { EACH, lostRequests } from "../measurements/lost_requests.ts";
import { seconds } from "./cells.ts";
import { start, watch } from "./trial.ts";

const STOP_MS = 28_000;

export const lostInAStop: Feature = {
  name: "lost in a stop",
  question:
    `Of ${EACH} requests that the app works on and ${EACH} uploads that are on their way, how many does a stop lose?`,
  async decide(candidate, benchFolder) {
    const [answers, uploads] = await lostRequests.measure(candidate, benchFolder);
    return `${answers} and ${uploads}`;
  },
};

/** Blocks as a model's import in C does: Python runs its signal handlers, but nothing returns. */
const ENDLESS_IMPORT = `import os

open("importing", "w").write("yes")
reader, writer = os.pipe()
os.read(reader, 1)
`;

export const stopDuringImport: Feature = {
  name: "stop during the import",
  question: "How long does a stop take while the app is still being imported?",
  async decide(candidate, benchFolder) {
    await using launch = start(candidate, benchFolder, {
      arrange: (image) => image.editApp(() => ENDLESS_IMPORT),
    });
    const mark = `${launch.image.program}/importing`;
    await launch.bounded("the import", () => readIfThere(mark) !== "");
    killByPid(launch.pid, "SIGTERM");
    const end = await watch(launch, STOP_MS);
    return end.kind === "exited" ? seconds(end.milliseconds) : `over ${STOP_MS / 1000} s`;
  },
};
