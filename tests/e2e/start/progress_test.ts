/** Without a terminal, a long start and a long drain print every 5 s what they wait for. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";

forEachLaunch("a long start and a long drain print what they wait for", async (harness) => {
  const launcher = await harness.start({
    app: SLOW_APP,
    args: ["--start-timeout", "60", "--grace-period", "20"],
  });
  await launcher.ready();
  const answer = ask(launcher.image.port, "/invocations");
  await until(5000, "the request", () => launcher.image.arrived().length === 1);
  launcher.signal("SIGTERM");

  assert.equal((await answer).status, 200);
  assert.equal((await launcher.exit(20_000)).code, 0);

  const lines = launcher.stderr.lines.filter((line) => / s of /.test(line));
  const isDrain = (line: string) => line.startsWith("tandem: draining: ");
  const starting = lines.filter((line) => !isDrain(line));
  assertEveryFiveSeconds(
    starting,
    /^tandem: starting: waiting for the app's first answer, (\d+) s of 60 s$/,
  );
  const draining = lines.filter(isDrain);
  assertEveryFiveSeconds(draining, /^tandem: draining: nginx has 1 connection, (\d+) s of 20 s$/);
  assert.deepEqual(lines, [...starting, ...draining], "in this order");
}, ["ordinary process"]);

forEachLaunch("a quick start and a quick drain print no progress", async (harness) => {
  const launcher = await harness.start({ args: ["--log-format", "json", "--log-level", "debug"] });
  await launcher.line(/"event":"ready"/);
  launcher.signal("SIGTERM");
  await launcher.exit(10_000);

  assert.ok(!launcher.lines.some((line) => line.includes("progress")));
}, ["ordinary process"]);

/** On a busy machine a line may be late and more than one fit in, but each has its own five seconds. */
function assertEveryFiveSeconds(lines: string[], pattern: RegExp): void {
  assert.ok(lines.length > 0, `a line like ${pattern}`);
  for (const [index, line] of lines.entries()) {
    const seconds = Number(pattern.exec(line)?.[1]);
    assert.equal(Math.floor(seconds / 5), index + 1, line);
  }
}

const SLOW_APP = `
import time
time.sleep(5.5)

def app(environ, start_response):
    if environ["PATH_INFO"] == "/invocations":
        with open("arrived", "a") as arrived:
            arrived.write("1\\n")
        time.sleep(6)
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
`;
