/** `--textfile` keeps a file of metrics: whole at every moment, gone after the end, and never a stranger's. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { exists, type Image, listing } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { metricsText } from "../../../lib/status/metrics.ts";
import { metric, parseMetrics } from "../../support/metrics.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import { pause, until } from "../../support/waiting.ts";

const ONCE = ["ordinary process"] as const;
/** The file is written every 10 s; the rest is for a busy machine. */
const PATIENCE_MS = 60_000;

function collectorFolder({ folder }: Image): string {
  const path = `${folder}/collector`;
  Deno.mkdirSync(path);
  return path;
}

async function serve(harness: Harness, image: Image, path: string, ...more: string[]) {
  const launcher = await harness.start({ image, args: ["--textfile", path, ...more] });
  await launcher.ready();
  return launcher;
}

/** The metrics in the file, once they are as expected. */
function fileWith(path: string, name: string, labels: Record<string, string>, value: number) {
  return until(PATIENCE_MS, `${name} ${JSON.stringify(labels)} ${value} in ${path}`, () => {
    if (!exists(path)) return false;
    const families = parseMetrics(Deno.readTextFileSync(path));
    return metric(families, name, labels) === value && families;
  });
}

const ofPhase = (path: string, phase: string) => fileWith(path, "phase", { phase }, 1);

async function stop(launcher: Launcher): Promise<void> {
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(PATIENCE_MS)).code, 0);
}

forEachLaunch(
  "the textfile follows the phase, is renewed, and is gone after the stop",
  async (harness) => {
    const image = harness.image();
    const folder = collectorFolder(image);
    const path = `${folder}/tandem.prom`;
    const launcher = await serve(harness, image, path);
    const families = await ofPhase(path, "serving");
    const { mode = 0, mtime } = Deno.statSync(path);
    assert.equal(mode! & 0o777, 0o644);
    assert.deepEqual(listing(folder), ["tandem.prom", "tandem.prom.lock"]);
    const json = JSON.parse((await typed(launcher, ["status", "--json"])).stdout);
    assert.equal(metric(families, "start_time_seconds")! * 1000, Date.parse(json.startedAt));
    assert.equal(metric(families, "processes", { role: "nginx master" }), 1);
    assert.ok(metric(families, "open_descriptors")! > 3);

    const [worker] = launcher.workers("gunicorn");
    killByPid(worker!, "SIGKILL");
    await fileWith(path, "worker_deaths_total", { reason: "SIGKILL" }, 1);
    await until(PATIENCE_MS, "another write", () => {
      return exists(path) && Deno.statSync(path).mtime! > mtime!;
    });

    await until(PATIENCE_MS, "a new worker", () => launcher.workers("gunicorn").some(isAlive));
    const before = image.arrived().length;
    const slow = ask(image.port, "/invocations?until=seen");
    slow.catch(() => {});
    await until(PATIENCE_MS, "a request", () => image.arrived().length > before);
    launcher.signal("SIGTERM");
    await ofPhase(path, "draining");
    Deno.writeTextFileSync(`${image.program}/seen`, "");
    assert.equal((await slow).status, 200);
    assert.equal((await launcher.exit(PATIENCE_MS)).code, 0);
    assert.deepEqual(listing(folder), []);
  },
  ONCE,
);

forEachLaunch("a reader never sees a part of the textfile", async (harness) => {
  const image = harness.image();
  const path = `${collectorFolder(image)}/tandem.prom`;
  let reads = 0;
  let isOver = false;
  const texts = new Set<string>();
  const reader = (async () => {
    while (!isOver) {
      let text: string | undefined;
      try {
        text = Deno.readTextFileSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      if (text !== undefined) {
        parseMetrics(text);
        texts.add(text);
        reads++;
      }
      await pause(1);
    }
  })();
  reader.catch(() => {});
  try {
    const launcher = await serve(harness, image, path);
    await until(PATIENCE_MS, "three writes", () => texts.size >= 3);
    await stop(launcher);
  } finally {
    isOver = true;
  }
  await reader;
  assert.ok(reads > 100, `${reads} reads`);
}, ONCE);

forEachLaunch(
  "a stranger's file, link or folder is left alone, with one warning",
  async (harness) => {
    const image = harness.image();
    const folder = collectorFolder(image);
    const path = `${folder}/tandem.prom`;
    const target = `${image.folder}/target`;
    Deno.writeTextFileSync(target, "# Metrics of tandem (docs/metrics.md).\n");
    const strangers: Record<string, () => void> = {
      "a file": () => Deno.writeTextFileSync(path, "node_x 1\n"),
      "a link": () => Deno.symlinkSync(target, path),
      "a folder": () => Deno.mkdirSync(path),
      "a file with the temporary name": () => Deno.writeTextFileSync(`${path}.new`, "mine\n"),
      "a file with the lock's name": () => Deno.writeTextFileSync(`${path}.lock`, "mine\n"),
    };
    for (const [what, make] of Object.entries(strangers)) {
      make();
      const before = listing(folder);
      const launcher = await serve(harness, image, path);
      await launcher.line(
        /warning: cannot write metrics to .* exists, and tandem did not write it/,
      );
      await stop(launcher);
      assert.deepEqual(listing(folder), before, what);
      const warnings = launcher.lines.filter((line) => line.includes("cannot write metrics"));
      assert.equal(warnings.length, 1, what);
      for (const name of before) {
        const info = Deno.lstatSync(`${folder}/${name}`);
        if (info.isFile) {
          assert.match(
            Deno.readTextFileSync(`${folder}/${name}`),
            /^(node_x 1|mine)\n$/,
          );
        }
        Deno.removeSync(`${folder}/${name}`);
      }
    }
    assert.equal(Deno.readTextFileSync(target), "# Metrics of tandem (docs/metrics.md).\n");
  },
  ONCE,
);

forEachLaunch(
  "what a killed tandem left is replaced, and a missing folder is a warning",
  async (harness) => {
    const image = harness.image();
    const folder = `${image.folder}/collector`;
    const path = `${folder}/tandem.prom`;
    const launcher = await serve(harness, image, path);
    await launcher.line(
      /warning: cannot write metrics to .*tandem\.prom: cannot create .*: tried again/,
    );
    Deno.mkdirSync(folder);
    Deno.writeTextFileSync(path, metricsText(undefined));
    Deno.writeTextFileSync(`${path}.new`, "# Metrics of");
    Deno.writeTextFileSync(`${path}.lock`, "1 2\n".padEnd(40));
    await ofPhase(path, "serving");
    assert.deepEqual(listing(folder), ["tandem.prom", "tandem.prom.lock"]);
    await stop(launcher);
    assert.deepEqual(listing(folder), []);
  },
  ONCE,
);

forEachLaunch(
  "the second of two tandems takes the textfile over when the first has exited",
  async (harness) => {
    const [image, otherImage] = [harness.image(), harness.image()];
    const path = `${collectorFolder(image)}/tandem.prom`;
    const first = await serve(harness, image, path);
    const started = metric(await ofPhase(path, "serving"), "start_time_seconds");
    const second = await serve(harness, otherImage, path);
    await second.line(
      /warning: cannot write metrics to .*tandem\.prom\.lock: pid \d+: tried again/,
    );
    assert.equal(metric(await ofPhase(path, "serving"), "start_time_seconds"), started);
    await stop(first);
    await until(PATIENCE_MS, "the second one's file", () => exists(path));
    assert.notEqual(metric(await ofPhase(path, "serving"), "start_time_seconds"), started);
    await stop(second);
    assert.equal(exists(path), false);
  },
  ONCE,
);

forEachLaunch(
  "a full disk is one warning, and the textfile is back once there is room",
  async (harness) => {
    const image = harness.image();
    const folder = collectorFolder(image);
    const script = `mount -t tmpfs -o size=64k tmpfs ${folder}; ` +
      `head -c 1M /dev/zero >${folder}/full 2>/dev/null; exec "$@"`;
    const launcher = await harness.start({
      image,
      prefix: ["unshare", "--mount", "sh", "-c", script, "sh"],
      args: ["--textfile", `${folder}/tandem.prom`],
    });
    await launcher.ready();
    const inside = `/proc/${launcher.pid}/root${folder}`;
    await launcher.line(/warning: cannot write metrics to .*: no space left on device/);
    assert.equal(exists(`${inside}/tandem.prom`), false);
    assert.equal(exists(`${inside}/tandem.prom.new`), false);
    Deno.removeSync(`${inside}/full`);
    await ofPhase(`${inside}/tandem.prom`, "serving");
    assert.equal((await ask(image.port, "/ping")).status, 200);
    await stop(launcher);
    const warnings = launcher.lines.filter((line) => line.includes("cannot write metrics"));
    assert.equal(warnings.length, 1);
  },
  ONCE,
  { root: true },
);
