/** tandem adds arguments that suit the pair, and overrules none of the user's. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { argumentsOf, environmentOf } from "../../support/machine/process_table.ts";

interface Case {
  what: string;
  args?: string[];
  env?: Record<string, string>;
  /** The text of gunicorn.conf.py. */
  file?: string;
  /** gunicorn's --keep-alive; none if left out. */
  keepAlive?: string;
}

const cases: Case[] = [
  { what: "tandem's, without one of the user's", keepAlive: "75" },
  { what: "an argument wins", args: ["--", "--keep-alive", "7"], keepAlive: "7" },
  { what: "a variable wins", env: { GUNICORN_CMD_ARGS: "--keep-alive 7" } },
  { what: "a conf file wins, with gunicorn's default too", file: "keepalive = 2\n" },
  { what: "--plain-gunicorn adds nothing", args: ["--plain-gunicorn"] },
];

for (const { what, args = [], env = {}, file, keepAlive } of cases) {
  forEachLaunch(`gunicorn's keep-alive: ${what}`, async (harness) => {
    const image = harness.image();
    if (file) Deno.writeTextFileSync(`${image.program}/gunicorn.conf.py`, file);
    const launcher = await harness.start({ image, args, env });
    await launcher.ready();
    const master = launcher.master("gunicorn");
    const words = argumentsOf(master);
    const values = words.flatMap((word, i) => word === "--keep-alive" ? [words[i + 1]] : []);
    assert.deepEqual(values, keepAlive ? [keepAlive] : []);
    // With it Python would write a line and its newline by two calls, and lines of two processes would mix.
    assert.equal(environmentOf(master).some((text) => text.startsWith("PYTHONUNBUFFERED=")), false);
  }, ["ordinary process"]);
}
