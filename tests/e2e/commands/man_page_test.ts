/** mandoc and groff accept the built man page without a warning. */

import assert from "node:assert/strict";
import { baseEnvironment } from "../../support/environment.ts";
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
