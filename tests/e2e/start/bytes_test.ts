/** The environment, arguments and folders reach gunicorn byte for byte, whatever their encoding. */

import assert from "node:assert/strict";
import { editions } from "../../support/editions.ts";
import { forEachLaunch, type Harness, onHarness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";

/** "café" in Latin-1, as printf(1) takes it. The rest is valid UTF-8, and text that looks like an escape of ours. */
const LATIN = "caf\\351-\\303\\251-\\360\\237\\230\\200-\\355\\262\\200";
const EXPECTED = [
  ...[..."caf"].map((letter) => letter.charCodeAt(0)),
  ...[0xe9, 0x2d, 0xc3, 0xa9, 0x2d, 0xf0, 0x9f, 0x98, 0x80, 0x2d, 0xed, 0xb2, 0x80],
];

// nginx clears its environment.
forEachLaunch("each variable reaches gunicorn byte for byte", async (harness) => {
  const launcher = await startWith(harness, `LATIN=$(printf '${LATIN}') exec "$@"`);
  await launcher.ready();
  const environ = Deno.readFileSync(`/proc/${launcher.master("gunicorn")}/environ`);
  assert.ok(contains(environ, "LATIN="));
});

// Deno refuses to start with such an argument.
for (const edition of editions.filter(({ name }) => name !== "tandem")) {
  Deno.test(`arguments and folders reach gunicorn byte for byte (${edition.name})`, async () => {
    await onHarness(edition, "ordinary process", async (harness) => {
      const launcher = await startWith(
        harness,
        `latin=$(printf '${LATIN}'); mkdir "$latin"; mv wsgi.py "$latin"
        exec "$@" --chdir "$PWD/$latin" -- --name "$latin"`,
      );
      await launcher.ready();
      const master = launcher.master("gunicorn");
      const cmdline = Deno.readFileSync(`/proc/${master}/cmdline`);
      assert.ok(contains(cmdline, "--name\0"), "the argument");
      const { stdout } = await new Deno.Command("readlink", { args: [`/proc/${master}/cwd`] })
        .output();
      assert.ok(contains(stdout, "/"), "the folder");
    });
  });
}

function startWith(harness: Harness, script: string): Promise<Launcher> {
  return harness.start({ prefix: ["sh", "-c", script, "sh"] });
}

/** Whether the bytes contain the text with `LATIN` behind it. */
function contains(bytes: Uint8Array, text: string): boolean {
  const toText = (part: Iterable<number>) => [...part].map((byte) => `${byte},`).join("");
  return toText(bytes).includes(toText([...new TextEncoder().encode(text), ...EXPECTED]));
}
