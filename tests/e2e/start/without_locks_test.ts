/** On a file system without locks tandem starts with a warning, and a second start is refused all the same. */

import assert from "node:assert/strict";
import { WITHOUT_LEAK_CHECK } from "../../support/environment.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { typed } from "../../support/terminal/second_shell.ts";

/** What flock(2) fails with on NFS without a lock service, and on file systems that have no locks. */
for (const error of ["ENOLCK", "EOPNOTSUPP"]) {
  const prefix = [...WITHOUT_LEAK_CHECK, "strace", "-o", "/dev/null", "-e", "trace=flock", "-e"];
  prefix.push(`inject=flock:error=${error}`);

  forEachLaunch(
    `${error} for each lock is a warning`,
    async (harness) => {
      const image = harness.image();
      const first = await harness.start({ image, prefix });
      await first.ready();
      for (const path of [`${image.socket}.lock`, `${image.state}/tandem.lock`]) {
        assert.ok(
          first.lines.some((line) => line.startsWith(`tandem: warning: cannot lock ${path}: `)),
          `a warning about ${path}`,
        );
      }
      const pid = Number(Deno.readTextFileSync(`${image.state}/tandem.pid`));
      const second = await harness.start({ image, prefix });
      assert.equal((await second.exit(20_000)).code, 78);
      await second.stderr.line(new RegExp(`tandem already runs with \\S+ \\(pid ${pid}\\)`), 0);

      const status = await typed(first, ["status"], { prefix });
      assert.match(status.stdout, /^serving, ready: /);
      const stop = await typed(first, ["stop"], { prefix });
      assert.equal(stop.code, 0, stop.stderr);
      assert.equal((await first.exit(20_000)).code, 0);
    },
    ["ordinary process"],
    { tools: ["strace"] },
  );
}
