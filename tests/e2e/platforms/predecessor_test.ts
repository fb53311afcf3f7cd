/** A start after tandem was killed: the old pair finishes its requests, and only then does the new one start. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { until } from "../../support/waiting.ts";

const PATIENCE_MS = 30_000;
const REQUESTS = 8;

forEachLaunch(
  "a start stops the pair of a killed tandem, and loses no request",
  async (harness) => {
    const image = harness.image();
    const first = await harness.start({ image });
    await first.ready();
    await warmUp(first, 1);
    const before = image.arrived().length;
    const masters = (["nginx", "gunicorn"] as const).map((name) => first.master(name));
    const path = `/invocations?until=${image.folder}/finish`;
    const answers = Array.from({ length: REQUESTS }, () => ask(image.port, path));
    await until(
      PATIENCE_MS,
      "all requests with the app",
      () => image.arrived().length >= before + REQUESTS,
    );

    first.signal("SIGKILL");
    const second = await harness.start({ image });
    await second.line(
      new RegExp(`tandem \\(pid ${first.pid}\\) was killed and left nginx \\(pid ${masters[0]}\\)`),
      PATIENCE_MS,
    );
    assert.ok(!second.lines.some((line) => line.includes("Starting gunicorn")));
    Deno.writeTextFileSync(`${image.folder}/finish`, "");
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);
    await second.line(/ready in \d+ ms/, PATIENCE_MS);
    assert.ok(!masters.some(isAlive), "the old masters are gone");

    second.signal("SIGTERM");
    assert.equal((await second.exit(PATIENCE_MS)).code, 0);
  },
  ["ordinary process"],
);

forEachLaunch("what does not finish in the grace period is killed", async (harness) => {
  const image = harness.image();
  const first = await harness.start({ image });
  await first.ready();
  const masters = (["nginx", "gunicorn"] as const).map((name) => first.master(name));
  for (const pid of masters) killByPid(pid, "SIGSTOP");
  first.signal("SIGKILL");
  await until(PATIENCE_MS, "tandem's end", () => !isAlive(first.pid));

  const second = await harness.start({ image, args: ["--grace-period", "3"] });
  await second.line(/gunicorn did not exit in time: killing it/, PATIENCE_MS);
  await second.line(/ready in \d+ ms/, PATIENCE_MS);
  assert.ok(!masters.some(isAlive), "the old masters are gone");
  second.signal("SIGTERM");
  // On a busy machine its own pair may take longer than so short a grace period.
  await second.exit(PATIENCE_MS);
}, ["ordinary process"]);
