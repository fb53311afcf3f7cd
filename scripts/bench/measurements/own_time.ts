/** A launcher's own time to start and to stop: its children are stand-ins that are ready and exit at once. */

import { pause } from "../../../tests/support/waiting.ts";
import { isLauncher } from "../candidates.ts";
import { Launch } from "../harness/launch.ts";
import type { Measurement } from "../measurement.ts";

/** Enough for every launcher to find that its pair is up. */
const SETTLING_MS = 100;

export const ownTime: Measurement = {
  name: "start",
  suits: (candidate) => isLauncher(candidate) && candidate.name !== "monit",
  title: "The launcher's own time, with stand-ins that answer and exit at once",
  notes: [
    "From right before the launcher's exec to the first instruction of gunicorn, and to that of the later of both.",
    "By design, tandem starts nginx when gunicorn has answered, and checks its conf first (nginx -T); " +
    "the others start both at once and answer 502 until the app is up.",
    "The stop is from SIGTERM to the exit of the container.",
    "Without monit, which needs gunicorn's pid file: the stand-in writes none.",
  ],
  metrics: [
    { title: "exec to gunicorn, ms", digits: 1 },
    { title: "exec to both, ms", digits: 1 },
    { title: "stop, ms", digits: 1 },
  ],
  rounds: (asked) => asked,
  order: "in turn",
  async measure(candidate, benchFolder) {
    await using launch = new Launch(benchFolder, candidate, { pair: "stand-ins", asInit: true });
    const { gunicorn = 0, nginx = 0 } = await launch.marks("gunicorn", "nginx");
    await pause(SETTLING_MS);
    return [gunicorn, Math.max(gunicorn, nginx), await launch.stop()];
  },
};
