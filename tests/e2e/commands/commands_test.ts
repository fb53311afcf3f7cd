/** Commands that start nothing print to stdout and exit 0; the demo starts a pair of its own. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { baseEnvironment } from "../../support/environment.ts";
import { forEachLaunch, type Harness, onHarness } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { repository } from "../../support/paths.ts";
import { reservePort } from "../../support/machine/ports.ts";

const ONCE = ["ordinary process"] as const;

forEachLaunch(
  "--version prints version, edition, runtime and commit in one line",
  async (harness) => {
    for (const word of ["--version", "-V", "version"]) {
      const [line, ...more] = await printed(harness, [word]);
      const { version } = JSON.parse(Deno.readTextFileSync(`${repository}/deno.json`));
      assert.match(line!, /^tandem \S+ \(\w+ edition, .+, commit \S+\)$/);
      assert.equal(line!.split(" ")[1], version);
      assert.deepEqual(more, []);
    }
  },
  ONCE,
);

forEachLaunch(
  "--help fits a screen, and help shows every command, flag and topic",
  async (harness) => {
    const help = await printed(harness, ["--help"]);
    assert.deepEqual(await printed(harness, ["-h"]), help);
    assert.deepEqual(await printed(harness, ["help"]), help);
    const names = (lines: string[], pattern: RegExp) =>
      lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
    const section = help.slice(help.findIndex((line) => line.startsWith("Commands")));
    const commands = names(section.slice(1, section.indexOf("")), /^ {2}(\S+)/);
    assert.equal(commands.length, 14, commands.join());
    for (const command of commands) {
      const lines = await printed(harness, ["help", command]);
      assert.match(lines[0]!, new RegExp(`^Usage: tandem .*${command}`));
      const asFlag = await printed(harness, [command, "--help"]);
      assert.deepEqual(asFlag, command === "help" ? help : lines);
    }
    const settings = (await printed(harness, ["config"])).map((line) => line.split(" ")[0]);
    assert.equal(names(help, /^ {2}--([\w-]+)/).length, 10);
    assert.ok(help.length <= 48, `${help.length} lines`);
    const all = await printed(harness, ["help", "--all"]);
    assert.deepEqual(names(all, /^ {2}--([\w-]+)/).sort(), settings.sort());
    assert.ok([...help, ...all].every((line) => line.length <= 80), "fits 80 columns");
    assert.ok(
      (await printed(harness, ["help", "signals"])).some((line) => /^ {2}SIGHUP /.test(line)),
    );
    const statuses = await printed(harness, ["help", "exit-status"]);
    assert.ok(statuses.some((line) => /^ {2}124 /.test(line)));
  },
  ONCE,
);

forEachLaunch("config shows where each value came from", async (harness) => {
  const lines = await printed(harness, ["config", "--timeout", "7", "--", "--max-requests", "9"], {
    MODEL_SERVER_WORKERS: "3",
    TANDEM_PORT: "8001",
    SAGEMAKER_BIND_TO_PORT: "8002",
  });
  const rows = lines.map((line) => line.split(/ {2,}/));
  const row = (name: string) => rows.find(([flag]) => flag === name)?.slice(1);
  assert.deepEqual(row("timeout"), ["7", "--timeout"]);
  assert.deepEqual(row("workers"), ["3", "MODEL_SERVER_WORKERS"]);
  assert.deepEqual(row("port"), ["8001", "TANDEM_PORT"]);
  assert.deepEqual(row("app"), ["wsgi:app", "default"]);
  assert.deepEqual(row("--"), ["--max-requests 9", "command line"]);

  const json = await printed(harness, ["config", "--json", "--timeout", "7", "--", "--preload"]);
  const { settings, gunicornArguments } = JSON.parse(json.join("\n"));
  assert.deepEqual(
    settings.find(({ name }: { name: string }) => name === "timeout"),
    { name: "timeout", value: 7, origin: { kind: "flag", name: "--timeout" }, used: true },
  );
  assert.deepEqual(gunicornArguments, ["--preload"]);
}, ONCE);

forEachLaunch("nginx-conf prints a conf that nginx accepts, or the user's own", async (harness) => {
  const image = harness.image();
  const { folder, program, port } = image;
  const state = `${folder}/state-of-its-own`;
  Deno.mkdirSync(`${state}/tandem-nginx`, { recursive: true });
  const places = ["--state-dir", state, "--log-dir", image.log];
  const settings = ["--port", `${port}`, ...places, "--max-body", "7m"];
  const conf = (await printed(harness, ["nginx-conf", ...settings])).join("\n");
  assert.match(conf, new RegExp(`listen ${port};`));
  assert.match(conf, /client_max_body_size 7m;/);
  Deno.writeTextFileSync(`${folder}/printed.conf`, conf);
  const nginx = new Deno.Command("nginx", {
    args: ["-t", "-c", `${folder}/printed.conf`],
    clearEnv: true,
    env: baseEnvironment(),
  });
  const { code, stderr } = await nginx.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));

  const own = await printed(
    harness,
    ["nginx-conf", "--nginx-conf", `${program}/nginx.conf`],
    {},
    image,
  );
  assert.deepEqual(own, Deno.readTextFileSync(image.nginxConf).trimEnd().split("\n"));
}, ONCE);

forEachLaunch("a closed stdout is not an internal error", async (harness) => {
  const withClosedPipe = "import os, signal, sys; signal.signal(signal.SIGPIPE, signal.SIG_DFL); " +
    "r, w = os.pipe(); os.dup2(w, 1); os.close(r); os.close(w); os.execv(sys.argv[1], sys.argv[1:])";
  for (const command of [["--help"], ["--version"], ["config"], ["nginx-conf"]]) {
    const launcher = await harness.start({ command, prefix: ["python3", "-c", withClosedPipe] });
    const { code } = await launcher.exit(5000);
    assert.notEqual(code, 70);
    assert.equal(launcher.stderr.text, "");
  }
}, ONCE);

forEachLaunch("an internal error names the lines of the source", async (harness) => {
  const ontoFullDisk = ["sh", "-c", 'exec "$@" >/dev/full', "sh"];
  const launcher = await harness.start({ command: ["config"], prefix: ontoFullDisk });
  assert.equal((await launcher.exit(20_000)).code, 70);
  const trace = launcher.stderr.text;
  // QuickJS has no source maps, so the slim edition keeps the names of functions.
  if (harness.edition.name !== "tandem") return assert.match(trace, /^ {4}at writeToStdout/m);
  const [, path = "", line] = /\/(lib\/\S+\.ts):(\d+):\d+\)$/m.exec(trace) ?? [];
  const source = Deno.readTextFileSync(`${repository}/${path}`).split("\n");
  assert.match(source[Number(line) - 1]!, /\.writeSync\(/, trace);
}, ONCE);

forEachLaunch(
  "demo serves, stops at Ctrl-C without losing a request, and leaves nothing behind",
  async (harness) => {
    using port = reservePort();
    const launcher = await harness.start({ command: ["demo", "--port", `${port.number}`] });
    await launcher.ready();
    assert.deepEqual(await ask(port.number, "/ping"), { status: 200, body: "" });
    const echo = await ask(port.number, "/invocations", { body: "hello" });
    assert.deepEqual(echo, { status: 200, body: "hello" });
    const slow = ask(port.number, "/slow");
    // nginx accepts connections in order: once it answers this one, it has accepted the slow one.
    await ask(port.number, "/ping");
    launcher.signal("SIGINT");
    assert.equal((await slow).status, 200);
    assert.equal((await launcher.exit(10_000)).code, 0);
  },
);

const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"];

forEachLaunch(
  "demo serves as an unprivileged user",
  async (harness) => {
    using port = reservePort();
    const image = harness.image();
    // Owned by that user, as the output of a container is.
    const output = `${image.folder}/output`;
    Deno.writeTextFileSync(output, "");
    Deno.chownSync(output, 65534, 65534);
    const launcher = await harness.start({
      image,
      command: ["demo", "--port", `${port.number}`],
      prefix: [...NOBODY, "sh", "-c", 'exec "$@" >"$0" 2>&1', output],
    });
    await until(20_000, "the ready line", () => {
      assert.ok(launcher.isRunning, Deno.readTextFileSync(output));
      return Deno.readTextFileSync(output).includes("tandem: ready in");
    });
    assert.deepEqual(await ask(port.number, "/ping"), { status: 200, body: "" });
    launcher.signal("SIGINT");
    assert.equal((await launcher.exit(5000)).code, 0, Deno.readTextFileSync(output));
  },
  ONCE,
  { root: true },
);

Deno.test("main.ts runs from source", () => {
  const source = { name: "main.ts", path: `${repository}/main.ts` };
  return onHarness(source, "ordinary process", async (harness) => {
    const launcher = await harness.start({
      prefix: [Deno.execPath(), "run", "-A"],
      env: { HOME: Deno.env.get("HOME") ?? "/", DENO_DIR: Deno.env.get("DENO_DIR") ?? "" },
    });
    await launcher.ready();
    assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
  });
});

/** The lines that a command prints; it must exit 0 with an empty stderr. */
async function printed(
  harness: Harness,
  command: string[],
  env: Record<string, string> = {},
  image = harness.image(),
): Promise<string[]> {
  const launcher = await harness.start({ command, env, image });
  assert.equal((await launcher.exit(5000)).code, 0);
  assert.equal(launcher.stderr.text, "");
  return launcher.stdout.lines;
}
