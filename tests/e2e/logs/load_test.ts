/** Under load no line is lost or torn; a stalled reader costs counted lines, never requests. */

import assert from "node:assert/strict";
import { pause, SCHEDULING_MS, until } from "../../support/waiting.ts";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import type { Launcher } from "../../support/launcher.ts";
import { load } from "../../support/traffic/load.ts";
import { type OutputKind, withOutput } from "../../support/outputs.ts";
import { read } from "../../support/machine/process_table.ts";

interface LogSetup {
  mode: string;
  kind: OutputKind;
  /** The access line within an output line, if it is one. */
  content: (line: string) => string | undefined;
}

const setups: LogSetup[] = [
  { mode: "auto", kind: "socket", content: (line) => line },
  { mode: "prefix", kind: "pipe", content: (line) => /^nginx {4}\| (.*)$/.exec(line)?.[1] },
  { mode: "json", kind: "pipe", content: (line) => JSON.parse(line).message },
];

const WORKER = ["--workers", "1", "--worker-class", "sync"];
const LINES = 200_000;
const LOCATIONS = `
    keepalive_requests 1000000;
    location = /fast {
      return 200;
    }
    location = /missing {
      root /nowhere;
      error_page 404 = @empty;
    }
    location @empty {
      return 200;
    }
    location = /ping {
      access_log off;
      proxy_pass http://gunicorn;
    }`;
const ACCESS_LINE = /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/fast\?n=(\d+) HTTP\/1\.1" 200 0 "-" "-"$/;

for (const setup of setups) {
  forEachLaunch(
    `--logs ${setup.mode}: ${LINES} access lines reach a ${setup.kind} complete and in order`,
    async (harness) => {
      const launcher = await startOn(harness, setup);
      const { port } = launcher.image;
      assert.equal(await load({ port, path: "/fast", from: 0, requests: LINES }), LINES);
      await until(10_000, "the last line", () => launcher.stdout.lines.length === LINES);
      await stop(launcher);

      const numbers = numbersOf(launcher, setup);
      assert.equal(numbers.length, LINES);
      assert.equal(new Set(numbers).size, LINES);
      for (let connection = 0; connection < 4; connection++) {
        const own = numbers.filter((number) => Math.floor(number / (LINES / 4)) === connection);
        assert.ok(own.every((number, index) => index === 0 || number > own[index - 1]!));
      }
    },
    ["ordinary process"],
  );
}

for (const mode of ["prefix", "json"]) {
  forEachLaunch(
    `--logs ${mode}: stdout and stderr share one pipe without torn lines`,
    async (harness) => {
      const image = harness.image({ conf: { locations: LOCATIONS } });
      const launcher = await harness.start({
        image,
        prefix: ["sh", "-c", 'exec "$@" 2>&1', "sh"],
        args: ["--logs", mode, ...WORKER],
      });
      await launcher.ready();
      // Each request writes one line to the access log and one to the error log.
      const requests = 20_000;
      assert.equal(await load({ port: image.port, path: "/missing", from: 0, requests }), requests);
      await stop(launcher);
      const isLine = mode === "json"
        ? /^(\{"time":.*\}|tandem: .*)$/
        : /^(nginx {4}\| |gunicorn \| |tandem: )/;
      assert.deepEqual(launcher.stdout.lines.filter((line) => !isLine.test(line)), []);
      const access = launcher.stdout.lines.filter((line) =>
        /GET \/missing\?n=\d+ HTTP/.test(line) && !line.includes("No such file")
      );
      const errors = launcher.stdout.lines.filter((line) => line.includes("No such file"));
      assert.deepEqual([access.length, errors.length], [requests, requests]);
    },
    ["ordinary process"],
  );
}

const STALL_MS = 10_000;
const BURST = 4000;
/** More than tandem's and the kernel's buffers hold. */
const LEAST_BURSTS = 10;
/** Growth of anonymous memory: the buffers of both outputs, and what the runtime and the formats need for them. */
const MAX_GROWTH_KB = 48 * 1024;

forEachLaunch(
  `a reader that stalls for ${STALL_MS / 1000} s fails no request, and dropped lines are counted`,
  async (harness) => {
    const nonBlocking: LogSetup = { ...setups[1]!, kind: "non-blocking pipe" };
    await Promise.all([...setups, nonBlocking].map((setup) => stalls(harness, setup)));
  },
  ["ordinary process"],
);

async function stalls(harness: Harness, setup: LogSetup): Promise<void> {
  const stall = `${Deno.makeTempDirSync()}/stall`;
  const launcher = await startOn(harness, setup, stall);
  const { port } = launcher.image;
  const memory = () => Number(/^RssAnon:\s+(\d+) kB$/m.exec(read(launcher.pid, "status")!)?.[1]);
  // Warm up first, so that later growth is due to the stall.
  let sent = await load({ port, path: "/fast", from: 0, requests: 20_000 });
  const before = memory();
  let peak = before;

  Deno.writeTextFileSync(stall, "");
  const end = performance.now() + STALL_MS;
  for (let round = 0; round < LEAST_BURSTS || performance.now() < end; round++) {
    const begin = performance.now();
    assert.equal((await ask(port, "/ping")).status, 200);
    assert.equal(await load({ port, path: "/fast", from: sent, requests: BURST }), BURST);
    // A stalled reader delays serving by at most 1 s.
    assert.ok(performance.now() - begin < 1000 + SCHEDULING_MS, "serving goes on");
    sent += BURST;
    peak = Math.max(peak, memory());
    await pause(200);
  }
  Deno.removeSync(stall);
  const droppedMessage = /the reader of stdout stalled: (\d+) lines dropped/;
  await launcher.stderr.line(droppedMessage, 10_000);
  await load({ port, path: "/fast", from: sent, requests: 4 });
  sent += 4;
  await stop(launcher);

  const dropped = launcher.stderr.lines
    .map((line) => Number(droppedMessage.exec(line)?.[1] ?? 0))
    .reduce((sum, count) => sum + count, 0);
  assert.ok(dropped > 0);
  const numbers = numbersOf(launcher, setup);
  assert.equal(numbers.length + dropped, sent, JSON.stringify(setup));
  assert.ok(numbers.includes(sent - 1), "the last line arrives");
  assert.ok(peak - before < MAX_GROWTH_KB, `${peak - before} kB more, ${setup.mode}`);
  Deno.removeSync(stall.slice(0, stall.lastIndexOf("/")));
}

forEachLaunch("a stop ends in time even if the reader is stalled", async (harness) => {
  await Promise.all(setups.map(async (setup) => {
    const folder = Deno.makeTempDirSync();
    const launcher = await startOn(harness, setup, `${folder}/stall`);
    Deno.writeTextFileSync(`${folder}/stall`, "");
    const { port } = launcher.image;
    assert.equal(await load({ port, path: "/missing", from: 0, requests: 20_000 }), 20_000);
    launcher.signal("SIGTERM");
    await until(10_000, "its exit", () => !launcher.isRunning);
    Deno.removeSync(folder, { recursive: true });
    assert.equal((await launcher.exit(1000)).code, 0);
  }));
}, ["ordinary process"]);

async function startOn(
  harness: Harness,
  { mode, kind }: LogSetup,
  stall?: string,
): Promise<Launcher> {
  const image = harness.image({ conf: { locations: LOCATIONS } });
  const launcher = await harness.start({
    image,
    prefix: withOutput({ kind, image, stall }),
    args: ["--logs", mode, ...WORKER],
  });
  await launcher.ready();
  return launcher;
}

async function stop(launcher: Launcher): Promise<void> {
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(10_000)).code, 0);
}

/** @throws if a line is not a whole access line */
function numbersOf(launcher: Launcher, { content }: LogSetup): number[] {
  return launcher.stdout.lines.map((line) => {
    const number = ACCESS_LINE.exec(content(line) ?? "")?.[1];
    assert.ok(number !== undefined, `torn: ${line}`);
    return Number(number);
  });
}
