// deno-lint-ignore-file no-console -- a script talks to its user
// Records a run of dist/tandem-slim in a terminal as docs/recording.svg: start, requests, Ctrl-C. Needs port 8080.
// Draws what `tandem --help` prints as docs/help.svg.
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
  write("recording", svg);
  const { stdout } = await new Deno.Command(`${root}dist/tandem-slim`, { args: ["--help"] })
    .output();
  const help = linesOf([{ at: 0, text: new TextDecoder().decode(stdout) }]);
  write("help", recordingSvg([{ title: "tandem --help", lines: help }]));
}

function write(name: string, svg: string): void {
  Deno.writeTextFileSync(`${root}docs/${name}.svg`, svg);
  console.error(`recording: docs/${name}.svg, ${svg.length} bytes`);
}
