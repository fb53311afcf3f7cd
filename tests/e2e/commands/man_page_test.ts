/** mandoc and groff accept the built man page without a warning, and `check` its examples. */

import assert from "node:assert/strict";
import { examples } from "../../../scripts/man.ts";
import { baseEnvironment } from "../../support/environment.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { titled } from "../../support/machine/needs.ts";
import { repository } from "../../support/paths.ts";

const checkers = [
  ["mandoc", "-Tlint"],
  ["groff", "-man", "-ww", "-z"],
  ["groff", "-man", "-ww", "-z", "-Tutf8", "-rLL=60n"],
];

for (const [program = "", ...args] of checkers) {
  const title = `man page: ${[program, ...args].join(" ")} prints no warning`;
  Deno.test({
    ...titled(title, { tools: [program] }),
    fn: async () => {
      const { success, stdout, stderr } = await new Deno.Command(program, {
        args: [...args, "tandem.1"],
        cwd: `${repository}/dist`,
        clearEnv: true,
        env: baseEnvironment(),
        signal: AbortSignal.timeout(20_000),
      }).output();
      const decoder = new TextDecoder();
      assert.equal(decoder.decode(stdout) + decoder.decode(stderr), "");
      assert.ok(success);
    },
  });
}

/** Without the program and the command. */
const served = examples.map(({ line }) => line.split(" ").slice(1))
  .filter(([command = "serve"]) => command === "serve")
  .map((words) => words.slice(1));

forEachLaunch("man page: check has no warning on the examples of serve", async (harness) => {
  const image = harness.image();
  const problemsOf = async (args: string[]) => {
    const command = ["check", "--quiet", "--json", ...image.flags, ...args];
    const launcher = await harness.start({ image, command });
    assert.equal((await launcher.exit(60_000)).code, 0, args.join(" "));
    const { checks } = JSON.parse(launcher.stdout.text);
    return checks.map(({ name }: { name: string }) => name);
  };
  assert.ok(served.length >= 3);
  // Those of the image and the machine.
  const usual = await problemsOf([]);
  for (const args of served) assert.deepEqual(await problemsOf(args), usual, args.join(" "));
}, ["ordinary process"]);
