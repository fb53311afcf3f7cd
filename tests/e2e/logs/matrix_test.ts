/** On every kind of output and for every user, the pair serves and each line arrives once. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import type { Image } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import {
  arrivedLines,
  giveTo,
  NOBODY,
  type OutputKind,
  withOutput,
} from "../../support/outputs.ts";
import { pool } from "../../support/pool.ts";

const kinds: OutputKind[] = [
  "pipe",
  "file",
  "terminal",
  "socket",
  "closed",
  "foreign pipe",
  "foreign terminal",
  "non-blocking pipe",
];
const users = { root: 0, nobody: NOBODY };
/** The log files are correct links, wrong links, or wrong links that cannot be replaced. */
const linkCases = ["right", "wrong", "impossible"] as const;

interface Cell {
  kind: OutputKind;
  uid: number;
  links: typeof linkCases[number];
  mode: string;
}

/** Two processors run this number of launches at once without much delay. */
const AT_ONCE = 3;

for (const [user, uid] of Object.entries(users)) {
  const cells = kinds.flatMap((kind) =>
    linkCases.map((links): Cell => ({ kind, uid, links, mode: "auto" }))
  );
  logTest(`--logs auto: every line arrives once if ${user} runs tandem`, cells);
}

const forced: Cell[] = [
  ...(["pipe", "file", "terminal"] as const).map((kind) => ({ kind, mode: "inherit" })),
  ...(["pipe", "file", "socket", "foreign terminal", "non-blocking pipe", "closed"] as const)
    .flatMap((kind) => [{ kind, mode: "prefix" }, { kind, mode: "json" }]),
].map((cell) => ({ ...cell, uid: 0, links: "wrong" }));
logTest("--logs inherit, prefix and json: every line arrives once on every kind of output", forced);

function logTest(name: string, cells: Cell[]): void {
  forEachLaunch(
    name,
    (harness) =>
      pool(AT_ONCE, cells, async (cell) => {
        try {
          await linesArriveOnce(harness, cell);
        } catch (error) {
          throw new Error(`${JSON.stringify(cell)}: ${(error as Error).message}`, { cause: error });
        }
      }),
    ["ordinary process"],
    { root: true },
  );
}

async function linesArriveOnce(harness: Harness, { kind, uid, links, mode }: Cell): Promise<void> {
  const image = harness.image({ app: "talkative.py" });
  image.writeConf({ locations: locations(image) });
  prepareLinks(image, links);
  if (uid) giveTo(uid, image.folder);
  const sealed = links === "impossible" ? await seal(image, uid) : [];
  const launcher = await harness.start({
    image,
    prefix: [...sealed, ...withOutput({ kind, image, uid })],
    args: ["--logs", mode, "--workers", "1", "--worker-class", "sync", "--log-level", "debug"],
  });
  const { port } = image;
  await until(20_000, "the phase serving", () => {
    if (!launcher.isRunning) throw new Error(`Exited before it served\n${launcher.story}`);
    return linesOf(`${image.state}/state.json`).some((line) => line.includes('"serving"'));
  });

  // Lines are written once before and once after nginx and gunicorn reopen their logs.
  await writeLines(port, "early");
  await awaitLines(launcher, "early", kind, links);
  launcher.signal("SIGUSR1");
  if (kind !== "closed") {
    await until(
      5000,
      "the reopened logs",
      () => count(launcher, "reopen their logs") === 1,
    );
  }
  await writeLines(port, "late");
  await awaitLines(launcher, "late", kind, links);

  launcher.signal("SIGTERM");
  const { code } = await launcher.exit(20_000);
  assert.equal(code, 0, launcher.story);
  for (const when of ["early", "late"]) {
    for (const text of markers(when)) {
      assert.equal(
        count(launcher, text),
        expected(text, kind, links),
        `${text}\n${story(launcher)}`,
      );
    }
  }
  if (kind === "closed") return;
  const failures = arrivedLines(launcher).filter((line) => /cannot link \S+ to \/dev\//.test(line));
  assert.equal(failures.length, links === "impossible" ? 2 : 0, story(launcher));
  assert.equal(count(launcher, "children's output is "), 1);
  assert.equal(count(launcher, "[emerg]"), 0, story(launcher));
  assert.equal(count(launcher, "[alert]"), 0, story(launcher));
}

function locations({ folder }: Image): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
    ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n    ")}
    location ~ ^/(print|complain)/ {
      access_log off;
      proxy_pass http://gunicorn;
    }
    location /missing/ {
      access_log off;
      root /nowhere;
    }`;
}

function prepareLinks(image: Image, links: Cell["links"]): void {
  const { log, folder } = image;
  if (links === "right") {
    Deno.symlinkSync("/dev/stdout", `${log}/access.log`);
    Deno.symlinkSync("/dev/stderr", `${log}/error.log`);
  } else {
    Deno.mkdirSync(`${folder}/elsewhere`);
    for (const name of ["access.log", "error.log"]) {
      Deno.writeTextFileSync(`${folder}/elsewhere/${name}`, "");
      Deno.symlinkSync(`${folder}/elsewhere/${name}`, `${log}/${name}`);
    }
  }
}

/** Makes the log folder read-only. @returns the prefix of the launch */
async function seal(image: Image, uid: number): Promise<string[]> {
  if (uid) {
    await Deno.chown(image.log, 0, 0);
    return [];
  }
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
  return ["unshare", "--mount", "sh", "-c", script, image.log];
}

/** One line of each of the four streams. */
function markers(when: string): string[] {
  return [
    `GET /?access-${when}`,
    `GET /missing/error-${when}`,
    `app prints ${when}`,
    `app complains ${when}`,
  ];
}

async function writeLines(port: number, when: string): Promise<void> {
  await ask(port, `/?access-${when}`);
  await ask(port, `/missing/error-${when}`);
  await ask(port, `/print/${when}`);
  await ask(port, `/complain/${when}`);
}

async function awaitLines(
  launcher: Launcher,
  when: string,
  kind: OutputKind,
  links: Cell["links"],
): Promise<void> {
  for (const text of markers(when)) {
    const times = expected(text, kind, links);
    await until(5000, `${text}\n${story(launcher)}`, () => count(launcher, text) === times);
  }
}

/** nginx's lines go to its log files if these cannot be links; all other lines are lost if the output is closed. */
function expected(text: string, kind: OutputKind, links: Cell["links"]): number {
  return kind !== "closed" || (links === "impossible" && text.startsWith("GET")) ? 1 : 0;
}

function count(launcher: Launcher, text: string): number {
  return everything(launcher).filter((line) => line.includes(text)).length;
}

function everything(launcher: Launcher): string[] {
  const files = ["access.log", "error.log"].map((name) =>
    `${launcher.image.folder}/elsewhere/${name}`
  );
  return [...arrivedLines(launcher), ...files.flatMap(linesOf)];
}

function linesOf(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(0, -1);
  } catch {
    return [];
  }
}

function story(launcher: Launcher): string {
  return everything(launcher).join("\n");
}
