/** The children's output arrives complete and in the format that `--logs` names. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import type { Launcher } from "../../support/launcher.ts";
import { type OutputKind, withOutput } from "../../support/outputs.ts";

const MEGABYTE = 1024 * 1024;

forEachLaunch("--logs json: any output of the app gives one object per line", async (harness) => {
  const launcher = await startOn(harness, "json", "pipe");
  const odd = ["\0 NUL", "\x1b[31mred\x1b[0m", '"\\n"', "\uFEFFmark \u2028 \u{1F600}", "", "\r"];
  const bytes = new Uint8Array([
    ...new TextEncoder().encode(`${odd.join("\n")}\n`),
    ...[0x69, 0x6e, 0xff, 0xc3, 10],
  ]);
  await dump(launcher, "odd", bytes);
  await dump(launcher, "long", new TextEncoder().encode(`${"é".repeat(5 * MEGABYTE)}\n`));
  await dump(launcher, "endless", new TextEncoder().encode("no end"));
  await stop(launcher);

  const objects = launcher.stdout.lines.map((line) => JSON.parse(line));
  for (const { time, source, stream } of objects) {
    assert.equal(new Date(time).toISOString(), time);
    assert.match(source, /^(nginx|gunicorn)$/);
    assert.equal(stream, "stdout");
  }
  const prints = objects.filter(({ source }) => source === "gunicorn");
  const whole = prints.filter(({ piece }) => piece === undefined).map(({ message }) => message);
  assert.deepEqual(whole, [...odd, "in\uFFFD\uFFFD", "no end"]);
  const pieces = prints.filter(({ piece }) => piece !== undefined);
  assert.deepEqual(pieces.map(({ piece }) => piece), pieces.map((_, index) => index + 1));
  assert.deepEqual(pieces.map(({ last }) => last), pieces.map((_, index) => index === 9));
  assert.equal(pieces.map(({ message }) => message).join(""), "é".repeat(5 * MEGABYTE));

  const levels = launcher.stderr.lines.filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line).level);
  assert.ok(levels.includes("info"), "gunicorn's level is recognised");
}, ["ordinary process"]);

for (
  const { mode, kind } of [{ mode: "prefix", kind: "pipe" }, {
    mode: "auto",
    kind: "socket",
  }] as const
) {
  forEachLaunch(`--logs ${mode}: a line of 10 MB stays one line`, async (harness) => {
    const launcher = await startOn(harness, mode, kind);
    const line = "0123456789".repeat(MEGABYTE);
    await dump(launcher, "long", new TextEncoder().encode(`${line}\n`));
    await until(
      10_000,
      "the line",
      () => launcher.stdout.lines.some((text) => text.endsWith(line)),
    );
    await stop(launcher);
    const prints = launcher.stdout.lines.filter((text) => !text.includes("GET /"));
    assert.deepEqual(prints.map(({ length }) => length), [
      line.length + (mode === "prefix" ? 11 : 0),
    ]);
  }, ["ordinary process"]);
}

forEachLaunch(
  "--logs prefix: names form a column, and are coloured on terminals only",
  async (harness) => {
    const coloured = "\x1b[32mnginx    |\x1b[0m 127.0.0.1 ";
    const plain = "nginx    | 127.0.0.1 ";
    const cases: [OutputKind, Record<string, string>, string][] = [
      ["pipe", { TERM: "xterm" }, plain],
      ["terminal", { TERM: "xterm" }, coloured],
      ["terminal", { TERM: "xterm", NO_COLOR: "" }, coloured],
      ["terminal", { TERM: "xterm", NO_COLOR: "1" }, plain],
      ["terminal", { TERM: "dumb" }, plain],
    ];
    await Promise.all(cases.map(async ([kind, env, start]) => {
      const launcher = await startOn(harness, "prefix", kind, env);
      await ask(launcher.image.port, "/marker");
      const line = await launcher.line(/GET \/marker/);
      assert.ok(line.startsWith(start), `${kind} ${JSON.stringify(env)}: ${line}`);
      await stop(launcher);
    }));
  },
  ["ordinary process"],
);

forEachLaunch("output that a child writes just before it exits arrives", async (harness) => {
  const ways = [["prefix", "pipe"], ["json", "socket"], ["auto", "socket"]] as const;
  await Promise.all(ways.map(async ([mode, kind]) => {
    const launcher = await startOn(harness, mode, kind);
    await ask(launcher.image.port, "/goodbye");
    await stop(launcher);
    const numbers = launcher.stdout.lines.flatMap((line) => /goodbye (\d+) /.exec(line)?.[1] ?? []);
    assert.deepEqual(numbers, Array.from({ length: 2000 }, (_, number) => `${number}`));
  }));
}, ["ordinary process"]);

forEachLaunch(
  "if the reader of stdout closes it, tandem reports that and the pair still serves",
  async (harness) => {
    const ways = [["prefix", "pipe"], ["auto", "socket"]] as const;
    await Promise.all(ways.map(async ([mode, kind]) => {
      const stall = `${Deno.makeTempDirSync()}/stall`;
      const launcher = await startOn(harness, mode, kind, {}, stall);
      Deno.writeTextFileSync(`${stall}.gone`, "");
      const gone = launcher.stderr.line(/stdout was closed by its reader/, 10_000);
      // The reader exits after the next byte that it reads, so only a later write fails.
      await until(10_000, "that it is noticed", async () => {
        await ask(launcher.image.port, "/unheard");
        return launcher.stderr.lines.some((line) => line.includes("was closed by its reader"));
      });
      assert.match(await gone, /its lines are dropped from now on$/);
      for (let count = 0; count < 100; count++) {
        assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
      }
      await stop(launcher);
      Deno.removeSync(stall.slice(0, stall.lastIndexOf("/")), { recursive: true });
    }));
  },
  ["ordinary process"],
);

forEachLaunch(
  "SIGUSR1 reopens rotated log files, with and without a relay",
  async (harness) => {
    await Promise.all(["inherit", "prefix", "json"].map(async (mode) => {
      const image = harness.image({ app: "dumping.py" });
      const own = `${image.folder}/gunicorn.log`;
      const launcher = await harness.start({
        image,
        args: ["--logs", mode, "--no-log-links", ...WORKER, "--", "--access-logfile", own],
      });
      await launcher.ready();
      const files = [`${image.log}/access.log`, own];
      await ask(image.port, "/ping?early");
      for (const file of files) {
        await until(5000, "the early line", () => Deno.readTextFileSync(file).includes("early"));
        Deno.renameSync(file, `${file}.1`);
      }
      launcher.signal("SIGUSR1");
      await until(5000, "fresh files", () => files.every((file) => statOf(file)));
      await ask(image.port, "/ping?late");
      for (const file of files) {
        await until(5000, "the late line", () => Deno.readTextFileSync(file).includes("late"));
        assert.ok(!Deno.readTextFileSync(`${file}.1`).includes("late"), file);
      }
      await stop(launcher);
    }));
  },
  ["ordinary process"],
);

forEachLaunch(
  "the built-in nginx.conf loses no line if the log folder cannot be made",
  async (harness) => {
    const image = harness.image({ app: "dumping.py" });
    Deno.writeTextFileSync(`${image.folder}/file`, "");
    const launcher = await harness.start({
      image,
      command: [
        ...[
          "serve",
          "--port",
          `${image.port}`,
          "--socket",
          image.socket,
          "--state-dir",
          image.state,
        ],
        ...["--log-dir", `${image.folder}/file/log`, "--logs", "prefix", ...WORKER],
      ],
    });
    await launcher.ready();
    await ask(image.port, "/marker");
    assert.match(await launcher.stdout.line(/GET \/marker/, 5000), /^nginx {4}\| /);
    await stop(launcher);
  },
  ["ordinary process"],
);

forEachLaunch("a full disk fails no request, and tandem counts the lost lines", async (harness) => {
  await Promise.all(["prefix", "json"].map(async (mode) => {
    const launcher = await startOn(harness, mode, "full");
    for (let count = 0; count < 100; count++) await ask(launcher.image.port, "/ping");
    await stop(launcher);
    await launcher.stderr.line(
      /the reader of stdout did not read to the end: 1\d\d lines lost$/,
      1000,
    );
  }));
}, ["ordinary process"]);

forEachLaunch("--logs inherit gives a warning if nginx cannot open the output", async (harness) => {
  const image = harness.image();
  const prefix = withOutput({ kind: "socket", image });
  const launcher = await harness.start({ image, prefix, args: ["--logs", "inherit", ...WORKER] });
  assert.notEqual((await launcher.exit(20_000)).code, 0);
  await launcher.line(
    /^tandem: warning: --logs inherit, but nginx cannot reopen stdout \(a socket\) and stderr \(a socket\) /,
  );
}, ["ordinary process"]);

const WORKER = ["--workers", "1", "--worker-class", "sync"];

async function startOn(
  harness: Harness,
  mode: string,
  kind: OutputKind,
  env: Record<string, string> = {},
  stall?: string,
): Promise<Launcher> {
  const locations = "location ~ ^/(dump|goodbye) { proxy_pass http://gunicorn; }";
  const image = harness.image({ app: "dumping.py", conf: { locations } });
  const prefix = withOutput({ kind, image, stall });
  const launcher = await harness.start({ image, prefix, env, args: ["--logs", mode, ...WORKER] });
  await launcher.ready();
  return launcher;
}

async function dump({ image }: Launcher, name: string, bytes: Uint8Array): Promise<void> {
  Deno.writeFileSync(`${image.program}/${name}`, bytes);
  assert.equal((await ask(image.port, `/dump/${name}`)).status, 200);
}

async function stop(launcher: Launcher): Promise<void> {
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(10_000)).code, 0);
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
