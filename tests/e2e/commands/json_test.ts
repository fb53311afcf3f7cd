/** The JSON output of `check`, `config`, `health`, `status` and `version` matches the schemas in docs/schemas/. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import { assertMatchesSchema, type SchemaName } from "../../support/json_schemas.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";

const ONCE = ["ordinary process"] as const;
const FAST_ENOUGH_MS = 20_000;

forEachLaunch("check --json matches its schema on a good setup", async (harness) => {
  const image = harness.image();

  const report = await printed(harness, image, 0, ["check", "--json", ...image.flags]);

  assertMatchesSchema(report, "check");
  assert.notEqual(report.result, "failed");
  assert.deepEqual(report.plan.deadlines, {
    startTimeout: 0,
    drainDelay: 0,
    nginx: 20_000,
    grace: 25_000,
  });
}, ONCE);

forEachLaunch(
  "check --json matches its schema if nginx rejects its configuration",
  async (harness) => {
    const image = harness.image({ conf: { locations: "no_such_directive;" } });

    const report = await printed(harness, image, 78, ["check", "--json", ...image.flags]);

    assertMatchesSchema(report, "check");
    assert.equal(report.result, "failed");
    assert.deepEqual(report.plan.listens, []);
  },
  ONCE,
);

forEachLaunch(
  "check --json matches its schema if executables and the app are missing",
  async (harness) => {
    const image = harness.image();
    const missing = ["--nginx", "/no/nginx", "--gunicorn", "/no/gunicorn", "--app", "nowhere:app"];
    const flags = [...image.flags, ...missing, "--no-log-links", "--start-timeout", "9"];

    const report = await printed(harness, image, 78, ["check", "--json", "--strict", ...flags]);

    assertMatchesSchema(report, "check");
    assert.deepEqual(report.plan.links, []);
    assert.equal(report.plan.deadlines.startTimeout, 9000);
  },
  ONCE,
);

forEachLaunch(
  "config --json matches its schema, with values of every type and origin",
  async (harness) => {
    const flags = ["--timeout", "7", "--no-log-links", "--max-body=1g", "--", "--preload"];
    const image = harness.image();
    const env = { TANDEM_PORT: "8001", MODEL_SERVER_WORKERS: "3" };

    const report = await printed(harness, image, 0, ["config", "--json", ...flags], env);

    assertMatchesSchema(report, "config");
    const setting = (name: string) => report.settings.find((entry: Named) => entry.name === name);
    assert.deepEqual(setting("timeout"), {
      name: "timeout",
      value: 7,
      origin: { kind: "flag", name: "--timeout" },
      used: true,
    });
    assert.deepEqual(setting("workers"), {
      name: "workers",
      value: 3,
      origin: { kind: "variable", name: "MODEL_SERVER_WORKERS" },
      used: true,
    });
    assert.deepEqual(setting("notification-fd"), {
      name: "notification-fd",
      value: null,
      origin: { kind: "default" },
      used: true,
    });
    assert.equal(setting("port").value, 8001);
    assert.equal(setting("max-body").value, "1g");
    assert.equal(setting("no-log-links").value, true);
    assert.deepEqual(report.gunicornArguments, ["--preload"]);
  },
  ONCE,
);

forEachLaunch("version --json matches its schema and says what --version says", async (harness) => {
  const image = harness.image();

  const report = await printed(harness, image, 0, ["version", "--json"]);

  assertMatchesSchema(report, "version");
  const { version, edition, runtime, platform, commit } = report;
  const launcher = await harness.start({ image, command: ["--version"] });
  assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, 0);
  const text = `tandem ${version} (${edition} edition, ${runtime}, ${platform}, commit ${commit})`;
  assert.equal(launcher.stdout.text, `${text}\n`);
}, ONCE);

forEachLaunch("config --json prints no other variable of the environment", async (harness) => {
  const image = harness.image();
  const env = { MODEL_SERVER_WORKERS: "3", SECRET_TOKEN: "do-not-print", GUNICORN_CMD_ARGS: "--x" };

  const launcher = await harness.start({ image, command: ["config", "--json"], env });
  assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, 0);

  assert.doesNotMatch(launcher.stdout.text, /do-not-print|SECRET_TOKEN|GUNICORN_CMD_ARGS/);
}, ONCE);

forEachLaunch("health and status --json match their schemas in every phase", async (harness) => {
  const launcher = await harness.start({ args: ["--drain-delay", "3", "--workers", "1"] });
  const get = async (name: SchemaName) => {
    const { stdout } = await typed(launcher, [name, "--json"]);
    const report = JSON.parse(stdout);
    assertMatchesSchema(report, name);
    return report;
  };
  await launcher.line(/Booting worker/);
  await get("status");
  await get("health");
  await launcher.ready();
  const serving = await get("status");
  assert.equal(serving.phase, "serving");
  assert.equal(serving.drainStep, undefined);
  assert.deepEqual(serving.limits, { startTimeout: 0, drainDelay: 3000, grace: 25_000 });
  assert.equal((await get("health")).status, 200);

  assert.equal((await typed(launcher, ["reload"])).code, 0);
  assert.equal((await get("status")).reloads.done, 1);
  const { port } = launcher.image;
  const answer = ask(port, "/invocations?until=seen");
  await until(5000, "the request", () => launcher.image.arrived().length > 0);
  launcher.signal("SIGTERM");
  await until(
    5000,
    "the drain delay",
    async () => (await get("status")).drainStep === "drain-delay",
  );
  await until(
    10_000,
    "the drain of nginx",
    async () => (await get("status")).drainStep === "nginx",
  );
  Deno.writeTextFileSync(`${launcher.image.program}/seen`, "");
  assert.equal((await answer).status, 200);
  assert.equal((await launcher.exit(10_000)).code, 0);
});

forEachLaunch(
  "health and status --json match their schemas if no instance runs",
  async (harness) => {
    const image = harness.image();
    const flags = ["--json", "--state-dir", image.state, "--port", `${image.port}`];

    const status = await printed(harness, image, 1, ["status", ...flags]);
    assertMatchesSchema(status, "status");
    assert.equal(status.running, false);
    const health = await printed(harness, image, 1, ["health", ...flags]);
    assertMatchesSchema(health, "health");
    assert.equal(health.healthy, false);
  },
  ONCE,
);

interface Named {
  name: string;
}

/** Runs a command that ends by itself, and returns the JSON that it prints. */
async function printed(
  harness: Harness,
  image: Image,
  code: number,
  command: string[],
  env: Record<string, string> = {},
) {
  const launcher = await harness.start({ image, command, env });
  assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, code);
  assert.equal(launcher.stderr.text, "");
  return JSON.parse(launcher.stdout.text);
}
