/** The files of deploy/docker/ keep what they promise in their comments. */

import assert from "node:assert/strict";
import { root } from "../../../scripts/imports.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { AFTER_GRACE_MS } from "../../../lib/plan/stop_times.ts";
import { FEWEST_RIGHTS } from "../../platforms/podman/fewest_rights.ts";
import { invocationFor } from "../support/invocation_for.ts";

const folder = `${root}deploy/docker`;
const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
const dockerfiles = names.filter((name) => name.endsWith(".Dockerfile"));

Deno.test("docker: every instruction that starts tandem is in exec form", () => {
  assert.equal(dockerfiles.length, 4);
  for (const name of dockerfiles) {
    const text = read(name);
    const starts = text.match(/^(ENTRYPOINT|HEALTHCHECK|CMD) .*$/gm) ?? [];
    assert.ok(starts.length > 0, name);
    for (const start of starts) assert.match(start, /(ENTRYPOINT|CMD) \["\w+"(, "\w+")*\]$/, name);
    assert.match(text, /^STOPSIGNAL SIGTERM$/m, name);
  }
});

Deno.test("docker: only the image for SageMaker runs as root and has no health check", () => {
  const withUser = dockerfiles.filter((name) => /^USER \d+:\d+$/m.test(read(name)));
  const withCheck = dockerfiles.filter((name) => /^HEALTHCHECK /m.test(read(name)));
  const others = dockerfiles.filter((name) => name !== "sagemaker.Dockerfile");
  assert.deepEqual(withUser, others);
  assert.deepEqual(withCheck, others);
});

Deno.test("docker: Compose waits for longer than the grace period that it sets", () => {
  const compose = read("compose.yaml");
  const [, seconds] = /TANDEM_GRACE_PERIOD: "(\d+)"/.exec(compose) ?? [];
  const [, wait] = /stop_grace_period: (\d+)s/.exec(compose) ?? [];
  const { grace } = planLaunch(invocationFor(["--grace-period", seconds!])).deadlines;
  assert.ok(Number(wait) * 1000 >= grace + AFTER_GRACE_MS);
});

Deno.test("docker: the trials run with the rights of compose.yaml", () => {
  assert.deepEqual(FEWEST_RIGHTS.filter((word) => !word.includes("/")), [
    ...["--read-only", "--read-only-tmpfs=false", "--tmpfs", "--tmpfs", "--tmpfs"],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
  ]);
});
