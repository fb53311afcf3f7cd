/** No command prints or stores the value of a variable that is not one of tandem's settings, as it may be a secret. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import type { Launcher, LaunchOptions } from "../../support/launcher.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import { ask } from "../../support/traffic/http_client.ts";

const ONCE = ["ordinary process"] as const;

const MARK = "s3cret";
const secret = (name: string) => `${MARK}-of-${name}-${crypto.randomUUID()}`;

/** The last ones look like settings of tandem or of its edition, and are not. */
const names = [
  ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HF_TOKEN", "GITHUB_TOKEN", "PGPASSWORD"],
  ...["SECRET_KEY", "password", "_", "x-api-key", "LD_LIBRARY_PATH_TOKEN", "PYTHON_TOKEN"],
  ...["SAGEMAKER_TOKEN", "MODEL_SERVER_TOKEN", "TANDEM_TOKEN", "TANDEM_WORKER", "DENO_AUTH_TOKENS"],
];

function secretEnvironment(): Record<string, string> {
  return {
    ...Object.fromEntries(names.map((name) => [name, secret(name)])),
    DATABASE_URL: `postgres://user:${secret("DATABASE_URL")}@db.example/name`,
    HTTP_PROXY: `http://user:${secret("HTTP_PROXY")}@127.0.0.1:9`,
    TWO_LINES: `first\n${secret("TWO_LINES")}`,
    GUNICORN_CMD_ARGS: `--env RAW_ENV=${secret("GUNICORN_CMD_ARGS")}`,
  };
}

/** The lines of a text that give away a secret, with its variable's name. */
function leaks(where: string, text: string): string[] {
  return text.split("\n").filter((line) => line.includes(MARK)).map((line) => `${where}: ${line}`);
}

/** Of all files below a folder, their names included; links are not followed, and sockets have no text. */
function leaksBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return leaksBelow(path);
    return [...leaks("name", path), ...(isFile ? leaks(path, Deno.readTextFileSync(path)) : [])];
  });
}

function assertNoLeak(image: Image, launchers: Launcher[], more: string[] = []): void {
  const printed = launchers.flatMap(({ stdout, stderr }) => [
    ...leaks("stdout", stdout.text),
    ...leaks("stderr", stderr.text),
  ]);
  assert.deepEqual([...printed, ...leaksBelow(image.folder), ...more], []);
}

const outputs = [["inherit", "text"], ["prefix", "text"], ["json", "json"], ["auto", "json"]];

for (const [logs, format] of outputs) {
  const flags = ["--logs", logs!, "--log-format", format!, "--log-level", "debug"];
  forEachLaunch(
    `serve with --logs ${logs} and what is asked of it print no secret`,
    async (harness) => {
      const env = secretEnvironment();
      const image = harness.image();
      const launcher = await harness.start({ image, env, args: flags });
      await launcher.ready();
      assert.deepEqual(await ask(image.port, "/ping"), { status: 200, body: "" });
      // The children do get each of them.
      const passedOn = Deno.readTextFileSync(`/proc/${launcher.master("gunicorn")}/environ`);
      for (const [name, value] of Object.entries(env)) {
        assert.ok(passedOn.includes(`${name}=${value}`), name);
      }
      const found = launcher.family().flatMap(({ pid, name }) =>
        leaks(`arguments of ${name}`, Deno.readTextFileSync(`/proc/${pid}/cmdline`))
      );
      for (const command of whileItRuns(image)) {
        const { code, stdout, stderr } = await typed(launcher, command, { env });
        assert.equal(code, 0, `${command.join(" ")}\n${stderr}`);
        found.push(...leaks(command.join(" "), stdout + stderr));
      }
      assertNoLeak(image, [launcher], found);
      const stop = await typed(launcher, ["stop"], { env });
      assert.equal((await launcher.exit(10_000)).code, 0);
      assertNoLeak(image, [launcher], leaks("stop", stop.stdout + stop.stderr));
    },
    ONCE,
  );
}

function whileItRuns({ folder }: Image): string[][] {
  return [
    ...[["status"], ["status", "--json"], ["status", "--timeline"]],
    ["status", "--svg", `${folder}/timeline.svg`],
    ...[["health"], ["health", "--json"], ["reload"], ["reload", "--import-app"], ["status"]],
  ];
}

const FULL_DISK = ["sh", "-c", 'exec "$@" >/dev/full', "sh"];
const CRASH = `raise RuntimeError("cannot load")`;

interface Case {
  command: (image: Image) => string[];
  status: number;
  app?: string;
  options?: LaunchOptions;
}

const always = (...command: string[]) => () => command;
const serve = (...more: string[]) => ({ flags }: Image) => ["serve", ...flags, ...more];

const cases: Record<string, Case> = {
  "--version": { command: always("--version"), status: 0 },
  "version --json": { command: always("version", "--json"), status: 0 },
  "--help": { command: always("--help"), status: 0 },
  "help serve": { command: always("help", "serve"), status: 0 },
  "completions": { command: always("completions", "bash"), status: 0 },
  "config": { command: always("config"), status: 0 },
  "config --json": { command: always("config", "--json"), status: 0 },
  "nginx-conf": { command: always("nginx-conf"), status: 0 },
  "check": { command: ({ flags }) => ["check", ...flags], status: 0 },
  "check --json": {
    command: ({ flags }) => ["check", "--json", "--import-app", ...flags],
    status: 0,
  },
  "a failed check": { command: ({ flags }) => ["check", ...flags, "--app", "no:app"], status: 78 },
  "status of nothing": { command: ({ state }) => ["status", "--state-dir", state], status: 1 },
  "health of nothing": { command: always("health", "--port", "1"), status: 1 },
  "an unknown command": { command: always("sevre"), status: 64 },
  "an unknown flag": { command: always("serve", "--tocken=1"), status: 64 },
  "a wrong setting": {
    command: serve(),
    status: 64,
    options: { env: { TANDEM_TIMEOUT: "soon" } },
  },
  "a missing nginx": { command: serve("--nginx", "/no/such/nginx"), status: 78 },
  "a wrong worker class": { command: serve("--worker-class", "none.Such"), status: 1 },
  "an app that crashes": { command: serve("--log-level", "debug"), status: 3, app: CRASH },
  "a start that takes too long": {
    command: serve("--start-timeout", "1", "--grace-period", "3", "--log-level", "debug"),
    status: 75,
    app: "import time\ntime.sleep(60)",
  },
  "an internal error": { command: always("config"), status: 70, options: { prefix: FULL_DISK } },
};

for (const [title, { command, status, app, options = {} }] of Object.entries(cases)) {
  forEachLaunch(`${title}: no secret is printed`, async (harness) => {
    const image = harness.image(app === undefined ? {} : { app });
    const env = { ...secretEnvironment(), ...options.env };
    await ends(harness, image, { ...options, command: command(image), env }, status);
  }, ONCE);
}

async function ends(
  harness: Harness,
  image: Image,
  options: LaunchOptions,
  status: number,
): Promise<void> {
  const launcher = await harness.start({ image, ...options });
  const { code } = await launcher.exit(40_000);
  assert.equal(code, status);
  assertNoLeak(image, [launcher]);
}

forEachLaunch("demo and a killed gunicorn: no secret is printed", async (harness) => {
  const image = harness.image();
  const places = ["--port", `${image.port}`, "--state-dir", image.state];
  const command = ["demo", ...places, "--log-level", "debug"];
  const launcher = await harness.start({ image, command, env: secretEnvironment() });
  await launcher.ready();
  Deno.kill(launcher.master("gunicorn"), "SIGKILL");
  assert.equal((await launcher.exit(10_000)).code, 137);
  assertNoLeak(image, [launcher]);
}, ONCE);
