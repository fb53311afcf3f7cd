/** Variables and settings that set nothing: `serve` and `check` say so, and `config` shows it. */

import assert from "node:assert/strict";
import { baseEnvironment } from "../../support/environment.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";

const ONCE = ["ordinary process"] as const;

/** What Kubernetes sets in the containers of a namespace with a Service called tandem. */
const OF_SERVICE = {
  TANDEM_SERVICE_HOST: "10.0.0.11",
  TANDEM_SERVICE_PORT: "80",
  TANDEM_PORT: "tcp://10.0.0.11:80",
  TANDEM_PORT_80_TCP: "tcp://10.0.0.11:80",
  TANDEM_PORT_80_TCP_PROTO: "tcp",
  TANDEM_PORT_80_TCP_PORT: "80",
  TANDEM_PORT_80_TCP_ADDR: "10.0.0.11",
};
const UNKNOWN = { TANDEM_WORKERZ: "3" };
const MEANT =
  "TANDEM_WORKERZ sets nothing: tandem has no such variable: set TANDEM_WORKERS instead";

forEachLaunch("serve ignores a Service's variables, and warns of unknown ones", async (harness) => {
  const launcher = await harness.start({
    env: { ...OF_SERVICE, ...UNKNOWN },
    args: ["--max-body", "1m", "--port", "1"],
  });
  await launcher.ready();
  assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
  await launcher.line(
    /^tandem: ignored TANDEM_PORT, .* and 4 more, which Kubernetes sets for a Service$/,
  );
  await launcher.line(new RegExp(`^tandem: warning: ${MEANT}$`));
  await launcher.line(
    /^tandem: warning: --max-body has an effect on the built-in nginx.conf only: /,
  );
  await launcher.line(
    /^tandem: warning: --port 1 has an effect on the built-in .* listens on \d+: /,
  );
}, ONCE);

forEachLaunch("check reports the same, and config what is not used", async (harness) => {
  const image = harness.image();
  const flags = [...image.flags, "--max-body", "1m"];
  const run = async (command: string[], env: Record<string, string>) => {
    const launcher = await harness.start({ image, command, env });
    const { code } = await launcher.exit(60_000);
    return { code, lines: launcher.stdout.lines };
  };

  const wrong = await run(["check", ...flags, "--port", "1"], { ...OF_SERVICE, ...UNKNOWN });
  assert.equal(wrong.code, 0);
  const warnings = wrong.lines.filter((line) => line.startsWith("warning"));
  assert.ok(warnings.some((line) => line.includes(MEANT)), wrong.lines.join("\n"));
  assert.ok(warnings.some((line) => /^warning +settings +--max-body has an effect/.test(line)));
  assert.ok(warnings.some((line) => /^warning +port +--port 1 has an effect/.test(line)));

  const right = await run(["check", ...image.flags], OF_SERVICE);
  assert.ok(
    right.lines.some((line) =>
      /^ok +variables +ignored TANDEM_PORT, TANDEM_PORT_80_TCP, .* and 4 more, /.test(line)
    ),
  );

  const own = (await run(["config", ...flags], OF_SERVICE)).lines;
  const unused = / {2}(\S+), not used by this nginx\.conf$/;
  const origin = (name: string) =>
    unused.exec(own.find((line) => line.startsWith(`${name} `)) ?? "")?.[1];
  assert.equal(origin("max-body"), "--max-body");
  assert.equal(origin("port"), "default");
  assert.equal(origin("workers"), undefined);
  const builtIn = ["config", "--max-body", "1m", "--nginx-conf", "builtin"];
  assert.ok(!(await run(builtIn, {})).lines.some((line) => unused.test(line)));
}, ONCE);

forEachLaunch(
  "installed as serve, the executable takes every command, and refuses train in one line",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const serve = `${launcher.image.folder}/serve`;
    Deno.symlinkSync(harness.edition.path, serve);
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(serve, {
        args,
        clearEnv: true,
        env: baseEnvironment(),
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, stdout: text(stdout), stderr: text(stderr) };
    };
    const status = await run("status", "--state-dir", launcher.image.state);
    assert.match(status.stdout, /^serving, ready: tandem /);
    const train = await run("train");
    assert.equal(train.code, 64);
    assert.match(train.stderr, /^tandem: "train" is not for tandem: .*\/opt\/program\/serve.*\n$/);
  },
  ONCE,
);
