/** How long a launcher itself takes, when nothing has to be waited for. */

import { pause } from "../../../tests/support/waiting.ts";
import { Launch } from "../launch.ts";
import type { Measurement } from "../measurement.ts";

/** Enough for every launcher to have seen that its pair is up. */
const SETTLING_MS = 100;

export const ownTime: Measurement = {
  name: "start",
  title: "The launcher's own time, with stand-ins that answer and end at once",
  notes: [
    "From right before the launcher's exec to the first act of gunicorn, and of the later of the two.",
    "tandem starts nginx by design only when gunicorn has answered, after a look at its conf " +
    "(nginx -T); the others start both at the same moment and answer 502 until the app is up.",
    "The stop is from SIGTERM to the end of the container.",
  ],
  metrics: [
    { title: "exec to gunicorn, ms", digits: 1 },
    { title: "exec to both, ms", digits: 1 },
    { title: "stop, ms", digits: 1 },
  ],
  rounds: (asked) => asked,
  order: "in turn",
  async measure(contender, workshop) {
    await using launch = new Launch(workshop, contender, { pair: "stand-ins", asInit: true });
    const { gunicorn = 0, nginx = 0 } = await launch.marks("gunicorn", "nginx");
    await pause(SETTLING_MS);
    return [gunicorn, Math.max(gunicorn, nginx), await launch.stop()];
  },
};
