// deno-lint-ignore-file no-console -- a script talks to its user
// Records a run of dist/tandem-slim in a terminal as docs/recording.svg: start, requests, Ctrl-C. Needs port 8080.
//
//   deno task recording

import { recordDemo } from "./demo_run.ts";
import { linesOf } from "./terminal_lines.ts";
import { recordingSvg } from "./recording_svg.ts";
import { root } from "../imports.ts";

if (import.meta.main) {
  const { tandem, shell } = await recordDemo(`${root}dist/tandem-slim`);
  const svg = recordingSvg([
    { title: "tandem demo", lines: linesOf(tandem) },
    { title: "another shell", lines: linesOf(shell) },
  ]);
  Deno.writeTextFileSync(`${root}docs/recording.svg`, svg);
  console.error(`recording: docs/recording.svg, ${svg.length} bytes`);
}
