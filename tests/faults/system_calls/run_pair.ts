/** One run under strace: start, a few requests, SIGTERM, exit; and what it broke of the promises. */

import type { Edition } from "../../support/editions.ts";
import { exists, Image, listing } from "../../support/image.ts";
import { Launcher } from "../../support/launcher.ts";
import { isTaken } from "../../support/machine/ports.ts";
import { killByPid, readEntry } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { pause, until } from "../../support/waiting.ts";

export interface PairRun {
  pid: number;
  /** `undefined` if it did not exit within its bound. */
  status: number | undefined;
  wasReady: boolean;
  /** Whether the victim ran at the chosen moment. */
  hasKilled: boolean;
  /** Neither ready nor ended within the bound. */
  wasStuck: boolean;
  /** As of Date.now(); the time of the exit if it was never ready. */
  readyAt: number;
  stopAt: number;
  /** From SIGTERM, or from the start if tandem ended by itself. */
  exitMs: number;
  /** Answers that were cut, and requests that were accepted before the stop but not answered. */
  badAnswers: string[];
  leftProcesses: string[];
  leftFiles: string[];
  trace: string[];
  lines: string[];
  story: string;
}

export type Victim = "nginx" | "gunicorn";

export interface PairOptions {
  straceOptions: string[];
  /** The child to kill once tandem has stopped itself by an injected SIGSTOP. */
  victim?: Victim;
  /** Whether a stop or a killed child may come before the requests. */
  mayRefuse?: boolean;
}

const READY_MS = 60_000;
/** The grace period below, and a minute for a busy machine. */
const EXIT_MS = 65_000;
const GRACE_S = 5;

/** The `sync` worker stops in 0.1 s; gevent's takes 1.1 s and shows nothing more of tandem. */
const ARGS = ["--worker-class", "sync", "--grace-period", `${GRACE_S}`];

export async function runPair(
  edition: Edition,
  { straceOptions, victim, mayRefuse = false }: PairOptions,
): Promise<PairRun> {
  using image = new Image();
  const traceFile = `${image.folder}/trace`;
  // -D: strace is a grandchild, so the process that the harness starts is tandem. Not as PID 1 of a namespace: there
  // strace would be tandem's orphan, for which it waits at the stop.
  const prefix = ["strace", "-D", "-o", traceFile, ...straceOptions];
  // LeakSanitizer cannot work under a tracer.
  const env = { ASAN_OPTIONS: "detect_leaks=0:quarantine_size_mb=4" };
  const startedAt = Date.now();
  await using launcher = await Launcher.start(edition, "ordinary process", image, {
    args: ARGS,
    env,
    prefix,
  });
  const killed = victim ? killAtStop(launcher, traceFile, victim) : undefined;
  const wasReady = await readyOrExit(launcher);
  const readyAt = Date.now();
  const answers = wasReady ? await beginRequests(launcher, mayRefuse) : undefined;
  const stopAt = Date.now();
  const stoppedByItself = !launcher.isRunning;
  if (!stoppedByItself) launcher.signal("SIGTERM");
  const status = await launcher.exit(EXIT_MS, EXIT_MS).then(({ code }) => code, () => undefined);
  const exitMs = Date.now() - (stoppedByItself ? startedAt : stopAt);
  const hasKilled = await killed ?? false;
  const badAnswers = await answers?.problems ?? [];
  const left = status === undefined ? [] : await leftProcesses(launcher);
  return {
    pid: launcher.pid,
    status,
    wasReady,
    hasKilled,
    wasStuck: !wasReady && !stoppedByItself,
    readyAt,
    stopAt,
    exitMs,
    badAnswers,
    leftProcesses: left,
    leftFiles: status === undefined || left.length > 0 ? [] : await leftFiles(launcher),
    trace: Deno.readTextFileSync(traceFile).split("\n"),
    lines: launcher.lines,
    story: launcher.story,
  };
}

/** The line or the state file says it: the call that fails may be the write of either. */
async function readyOrExit(launcher: Launcher): Promise<boolean> {
  const state = `${launcher.image.state}/state.json`;
  const isReady = async () =>
    launcher.lines.some((line) => /ready in \d+ ms/.test(line)) ||
    (await Deno.readTextFile(state).catch(() => "")).includes('"phase":"serving"');
  await until(READY_MS, "ready or exit", async () => !launcher.isRunning || await isReady())
    .catch(() => {});
  return await isReady();
}

/** One request by itself, then one that is in the app when the stop begins. */
async function beginRequests(
  launcher: Launcher,
  mayRefuse: boolean,
): Promise<{ problems: Promise<string[]> }> {
  const first = await problemsOf(launcher, "/invocations", mayRefuse);
  const last = problemsOf(launcher, "/invocations?sleep=0.05", mayRefuse);
  const arrival = until(10_000, "arrival", () => launcher.image.arrived().length >= 2);
  await Promise.race([last, arrival]).catch(() => {});
  return { problems: last.then((problems) => [...first, ...problems]) };
}

/** nginx may answer for a worker that was killed; but no answer may be cut. */
async function problemsOf(launcher: Launcher, path: string, mayRefuse: boolean): Promise<string[]> {
  try {
    const answer = await ask(launcher.image.port, path, { body: "x".repeat(3000) });
    if (answer.status !== 200) return mayRefuse ? [] : [`status ${answer.status}`];
    return answer.body === "3000 bytes" ? [] : [`body ${answer.body.slice(0, 40)}`];
  } catch (error) {
    const { message } = error as Error;
    return mayRefuse && !message.startsWith("Incomplete") ? [] : [message];
  }
}

/**
 * SIGSTOP halts tandem right behind the chosen call, so the child dies while tandem is exactly there.
 * @returns whether that child ran then
 */
async function killAtStop(
  launcher: Launcher,
  traceFile: string,
  victim: Victim,
): Promise<boolean> {
  while (launcher.isRunning) {
    const trace = await Deno.readTextFile(traceFile).catch(() => "");
    if (trace.includes("stopped by SIGSTOP")) break;
    await pause(5);
  }
  if (!launcher.isRunning) return false;
  const child = launcher.children().find(({ name }) => name.startsWith(victim));
  if (child) {
    killByPid(child.pid, "SIGKILL");
    await until(20_000, "the killed child", () => readEntry(child.pid)?.state !== "S");
  }
  launcher.signal("SIGCONT");
  return child !== undefined;
}

/** strace itself needs a moment longer than tandem. */
async function leftProcesses(launcher: Launcher): Promise<string[]> {
  const left = () => launcher.everyone().filter(({ name }) => name !== "strace");
  return await until(5000, "the end of all", () => left().length === 0).then(
    () => [],
    () => left().map(({ name, pid, state }) => `${name} ${pid} ${state}`),
  );
}

/** The paths that are still there, and the port if something still listens on it. */
async function leftFiles({ image }: Launcher): Promise<string[]> {
  const files = [image.socket, `${image.socket}.lock`].filter(exists);
  for (const folder of [image.state, image.temp]) {
    files.push(...listing(folder).map((name) => `${folder}/${name}`));
  }
  const links = listing(image.log).filter((name) => name.endsWith(".new"));
  files.push(...links.map((name) => `${image.log}/${name}`));
  return await isTaken(image.port) ? [...files, `port ${image.port}`] : files;
}
