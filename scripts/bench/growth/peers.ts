/** The launchers whose curves are drawn. */

import type { Candidate } from "../candidates.ts";

/** The usual ones: more lines would hide each other, and not all of them start the stand-ins. */
const names = [
  "tandem",
  "tandem-slim",
  "seed serve",
  "tini + sh",
  "dumb-init + sh",
  "s6",
  "supervisord",
];

export function peers(all: readonly Candidate[]): Candidate[] {
  return all.filter(({ name }) => names.includes(name));
}
