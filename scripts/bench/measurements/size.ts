/** The size of the files that an image needs for a candidate. */

import { filesOf, isLauncher } from "../candidates.ts";
import type { Measurement } from "../measurement.ts";

export const size: Measurement = {
  name: "size",
  suits: isLauncher,
  title: "Files in the image for the launcher",
  notes: ["Only the launcher's own files; the table of features has what else they need."],
  metrics: [{ title: "size, kB", digits: 1 }],
  rounds: () => 1,
  order: "in turn",
  measure(candidate) {
    const sizes = filesOf(candidate).map((path) => Deno.statSync(path).size);
    return Promise.resolve([sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e3]);
  },
};
