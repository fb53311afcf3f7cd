/** If the app cannot serve, tandem exits with a status and the reason. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { SCHEDULING_MS } from "../../support/waiting.ts";
import { ask } from "../../support/traffic/http_client.ts";

const cases: { what: string; app: string; reason: RegExp; args?: string[] }[] = [
  {
    what: "raises at import",
    app: "crash_on_import.py",
    reason: /RuntimeError: the weights are not there/,
  },
  {
    what: "imports a missing module",
    app: "import no_such_module_of_the_tests\n",
    reason: /No module named 'no_such_module_of_the_tests'/,
  },
  {
    what: "has no callable of that name",
    app: "application = None\n",
    reason: /Failed to find attribute 'app' in 'wsgi'/,
  },
  {
    what: "needs an unknown worker class",
    app: "app.py",
    args: ["--worker-class", "no_such_class"],
    reason: /class uri 'no_such_class' invalid or not found/,
  },
];

for (const { what, app, args = [], reason } of cases) {
  forEachLaunch(`an app that ${what} ends the run with gunicorn's status`, async (harness) => {
    const startedAt = performance.now();
    const launcher = await harness.start({ app, args });
    const exit = await launcher.exit(20_000);
    assert.ok([1, 3, 4].includes(exit.code), `exit ${exit.code}`);
    // The grace period, which would end it too, is 25 s.
    assert.ok(exit.at - startedAt < 3000 + SCHEDULING_MS, `ended after ${exit.at - startedAt} ms`);
    await launcher.stderr.line(reason, 0);
  });
}

const loops: { what: string; app: string }[] = [
  { what: "calls sys.exit at import", app: "import sys\nsys.exit(0)\n" },
  {
    what: "crashes its worker at import",
    app: "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
  },
];

for (const { what, app } of loops) {
  forEachLaunch(`an app that ${what} ends the run after --start-timeout`, async (harness) => {
    const startedAt = performance.now();
    const launcher = await harness.start({ app, args: ["--start-timeout", "2"] });
    const exit = await launcher.exit(20_000);
    assert.equal(exit.code, 75);
    const took = exit.at - startedAt;
    assert.ok(2000 <= took && took < 2000 + SCHEDULING_MS, `ended after ${took} ms`);
  });
}

forEachLaunch("an app whose import takes 3 s serves afterwards", async (harness) => {
  const launcher = await harness.start({
    app: "slow_import.py",
    env: { IMPORT_SECONDS: "3" },
    args: ["--start-timeout", "15"],
  });
  const line = await launcher.ready();
  assert.ok(Number(/ready in (\d+) ms/.exec(line)![1]) >= 3000, line);
  assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
});
