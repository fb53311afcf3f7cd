/** Variables by which a platform is known: its port is used, and a stop that does not fit it is a warning. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";

const ONCE = ["ordinary process"] as const;
const FAST_ENOUGH_MS = 60_000;

forEachLaunch("PORT is the port on Cloud Run and Heroku, and nowhere else", async (harness) => {
  for (const known of ["K_SERVICE", "DYNO"]) {
    const image = harness.image();
    const flags = image.flags.filter((word) => word !== "--nginx-conf" && word !== image.nginxConf);
    const env = { PORT: `${image.port}`, [known]: "a-service", TANDEM_NGINX_CONF: "builtin" };
    const launcher = await harness.start({ image, command: ["serve", ...flags], env });
    await launcher.line(/ready in \d+ ms/, FAST_ENOUGH_MS);
    assert.equal((await ask(image.port, "/ping")).status, 200);
    launcher.signal("SIGTERM");
    assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, 0);
  }
});

forEachLaunch("config shows which of a platform's variables counts", async (harness) => {
  const rows = async (env: Record<string, string>) => {
    const launcher = await harness.start({
      command: ["config"],
      env: { MODEL_SERVER_WORKERS: "", ...env },
    });
    assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, 0);
    return launcher.stdout.lines.map((line) => line.split(/ {2,}/))
      .filter(([flag]) => flag === "port" || flag === "workers");
  };
  assert.deepEqual(await rows({ WEB_CONCURRENCY: "3", PORT: "9000", DYNO: "web.1" }), [
    ["workers", "3", "WEB_CONCURRENCY"],
    ["port", "9000", "PORT"],
  ]);
  const beaten = { TANDEM_PORT: "9001", TANDEM_WORKERS: "2" };
  assert.deepEqual(
    await rows({ WEB_CONCURRENCY: "3", PORT: "9000", K_SERVICE: "s", ...beaten }),
    [["workers", "2", "TANDEM_WORKERS"], ["port", "9001", "TANDEM_PORT"]],
  );
  assert.deepEqual((await rows({ WEB_CONCURRENCY: "3", PORT: "9000" }))[1], [
    "port",
    "8080",
    "default",
  ]);
}, ONCE);

forEachLaunch("a bad PORT is one line where it counts, and nothing elsewhere", async (harness) => {
  const known = await harness.start({ command: ["serve"], env: { PORT: "http", DYNO: "web.1" } });
  assert.equal((await known.exit(FAST_ENOUGH_MS)).code, 64);
  assert.match(known.stderr.text, /^tandem: PORT: "http" is not a whole number .*\n$/);
  const other = await harness.start({ command: ["config"], env: { PORT: "http" } });
  assert.equal((await other.exit(FAST_ENOUGH_MS)).code, 0);
}, ONCE);

const checks: [env: Record<string, string>, grace: string, line: RegExp][] = [
  [{ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, "60", /64 s .*Kubernetes kills after 30 s unless term/],
  [
    { ECS_CONTAINER_METADATA_URI_V4: "http://169.254.170.2/v4/x" },
    "60",
    /ECS kills after 30 s unl/,
  ],
  [{ SAGEMAKER_SAFE_PORT_RANGE: "9000-9999" }, "27", /31 s .*Amazon SageMaker kills after 30 s/],
  [{ K_SERVICE: "model" }, "7", /11 s .*Cloud Run kills after 10 s.*--grace-period to 6 or less/],
  [{ INVOCATION_ID: "0".repeat(32) }, "100", /104 s .*systemd kills after 90 s unless Timeout/],
  [{ SUPERVISOR_ENABLED: "1" }, "25", /29 s .*supervisord kills after 10 s unless stopwaitsecs/],
];

forEachLaunch(
  "check warns if the platform is known to wait for less than a stop",
  async (harness) => {
    const image = harness.image();
    const stopLine = async (env: Record<string, string>, grace: string) => {
      const command = ["check", "--json", ...image.flags, "--grace-period", grace];
      const launcher = await harness.start({ image, command, env });
      assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, 0);
      const { checks } = JSON.parse(launcher.stdout.text);
      return checks.filter(({ name }: { name: string }) => name === "stop");
    };
    for (const [env, grace, pattern] of checks) {
      const [finding, ...more] = await stopLine(env, grace);
      assert.deepEqual(more, []);
      assert.equal(finding.result, "warning");
      assert.match(`${finding.found}: ${finding.fix}`, pattern);
      assert.equal((await stopLine(env, "6"))[0].result, "ok");
    }
  },
  ONCE,
);

forEachLaunch(
  "serve warns only where nothing can give the stop more time",
  async (harness) => {
    const warned = async (env: Record<string, string>, grace: string) => {
      const launcher = await harness.start({ args: ["--grace-period", grace], env });
      await launcher.line(/ready in \d+ ms/, FAST_ENOUGH_MS);
      launcher.signal("SIGTERM");
      assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, 0);
      return launcher.stderr.lines.filter((line) => line.includes("a stop may take"));
    };
    assert.match(
      (await warned({ K_SERVICE: "model" }, "7")).join("\n"),
      /^tandem: warning: a stop may take 11 s .*, but Cloud Run kills after 10 s: set --grace-pe\S+ to 6 or less$/,
    );
    assert.deepEqual(await warned({ K_SERVICE: "model" }, "6"), []);
    assert.deepEqual(await warned({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, "60"), []);
  },
  ONCE,
);
