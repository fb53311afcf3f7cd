/** Under another init or a shell, a stop loses no request, and tandem's status becomes that of the wrapper. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { fixtures } from "../../support/paths.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { until } from "../../support/waiting.ts";

/** An entrypoint that keeps its shell, and so has to pass on the signal. */
const SHELL = '"$0" "$@" & child=$!; trap "kill -TERM $child" TERM; wait $child; status=$?; ' +
  "while kill -0 $child 2>/dev/null; do wait $child; status=$?; done; exit $status";

const wrappers: [name: string, prefix: string[]][] = [
  ["tini", ["tini", "-s", "--"]],
  ["tini -g", ["tini", "-s", "-g", "--"]],
  ["dumb-init", ["dumb-init", "--"]],
  ["dumb-init -c", ["dumb-init", "-c", "--"]],
  ["a shell", ["sh", "-c", SHELL]],
];
const REQUESTS = 8;

for (const [name, prefix] of wrappers) {
  const tools = [prefix[0]!];
  forEachLaunch(
    `under ${name}, a stop loses no request`,
    async (harness) => {
      const launcher = await harness.start({ prefix });
      await launcher.ready();
      await warmUp(launcher, 1);
      const { image } = launcher;
      const before = image.arrived().length;
      const gate = `${image.folder}/answer`;
      const answers = Array.from(
        { length: REQUESTS },
        () => ask(image.port, `/invocations?until=${gate}`),
      );
      await until(
        20_000,
        "all requests at the app",
        () => image.arrived().length === before + REQUESTS,
      );
      launcher.signal("SIGTERM");
      await launcher.line(/stopping: SIGTERM/);
      Deno.writeTextFileSync(gate, "");
      for (const answer of answers) {
        assert.equal((await answer).status, 200);
      }
      assert.equal((await launcher.exit(30_000)).code, 0);
    },
    undefined,
    { tools },
  );

  forEachLaunch(
    `under ${name}, a child's status is kept`,
    async (harness) => {
      const args = ["--gunicorn", `${fixtures}/ending`];
      const launcher = await harness.start({ prefix, args, env: { END: "exit 42" } });
      assert.equal((await launcher.exit(20_000)).code, 42);
    },
    ["ordinary process"],
    { tools },
  );
}
