/** What the trials of the features share. */

import { type ProcessEntry, readEntry } from "../../../tests/support/machine/process_table.ts";
import { ask } from "../../../tests/support/traffic/http_client.ts";
import { pause, until, within } from "../../../tests/support/waiting.ts";
import type { BenchFolder } from "../harness/bench_folder.ts";
import type { Candidate } from "../candidates.ts";
import type { Image } from "../harness/image.ts";
import { Launch, type LaunchOptions } from "../harness/launch.ts";
import { NOT_APPLICABLE } from "./cells.ts";

export interface TrialOptions extends Partial<LaunchOptions> {
  /** Changes the image before the start. */
  arrange?(image: Image): void;
}

/** The real pair, by default as PID 1. */
export function start(
  candidate: Candidate,
  benchFolder: BenchFolder,
  { arrange, image = benchFolder.image(), ...options }: TrialOptions = {},
): Launch {
  arrange?.(image);
  return new Launch(benchFolder, candidate, {
    pair: "nginx and gunicorn",
    asInit: true,
    image,
    ...options,
  });
}

/** For what a server without nginx has no part in. */
export function ofThePair<Rest extends unknown[]>(
  decide: (candidate: Candidate, ...rest: Rest) => Promise<string>,
): (candidate: Candidate, ...rest: Rest) => Promise<string> {
  return (candidate, ...rest) =>
    candidate.alone ? Promise.resolve(NOT_APPLICABLE) : decide(candidate, ...rest);
}

/** For what certainly comes, on a busy machine too. */
export const PATIENCE_MS = 60_000;

export const ACT = "/invocations?act";

/** Has the app run these lines of Python for a request to ACT. */
export function addAct(image: Image, ...lines: string[]): void {
  image.editApp((app) =>
    `${app}

answer = app


def app(environ, start_response):
    if environ["QUERY_STRING"] == "act":
${lines.map((line) => `        ${line}\n`).join("")}\
    return answer(environ, start_response)
`
  );
}

/** Makes the import of the app take longer: not by Python's own sleep, which gevent replaces. */
export function delayImport(image: Image, seconds: number): void {
  image.editApp((app) =>
    `import ctypes\nctypes.CDLL(None).sleep(${seconds})\n${app}
open("imported", "w").write("yes")
`
  );
}

export type Server = "nginx" | "gunicorn" | "uvicorn";

export function running(launch: Launch, name: Server): ProcessEntry[] {
  return launch.processes().filter((one) => one.name === name && one.state !== "Z");
}

/** The process whose parent is no process of the same name; `undefined` if none runs. */
export function masterOf(
  launch: Launch,
  name: Server,
  except: readonly number[] = [],
): number | undefined {
  const all = running(launch, name);
  return all.find(({ pid, parent }) =>
    !except.includes(pid) && !all.some((other) => other.pid === parent)
  )?.pid;
}

export function hasChild(launch: Launch, name: Server, parent: number): boolean {
  return running(launch, name).some(({ pid }) => readEntry(pid)?.parent === parent);
}

/** Whether /ping is answered 200 within a second. */
export function answers({ image }: Launch): Promise<boolean> {
  return within(1000, "an answer", ask(image.port, "/ping"))
    .then(({ status }) => status === 200, () => false);
}

export async function serves(launch: Launch, milliseconds = PATIENCE_MS): Promise<void> {
  await until(milliseconds, "a 200", () => answers(launch));
}

export type End =
  | { kind: "exited"; status: number; milliseconds: number }
  | { kind: "recovered"; milliseconds: number }
  | { kind: "neither" };

/** What comes first within this time: the launcher's exit, or the recovery. */
export async function watch(
  launch: Launch,
  milliseconds: number,
  isRecovered: () => boolean | Promise<boolean> = () => false,
): Promise<End> {
  const begin = performance.now();
  let end: End | undefined;
  launch.exited.then(({ status, at }) => {
    end ??= { kind: "exited", status, milliseconds: at - begin };
  });
  while (!end && performance.now() < begin + milliseconds) {
    if (await isRecovered()) end ??= { kind: "recovered", milliseconds: performance.now() - begin };
    else await pause(50);
  }
  return end ?? { kind: "neither" };
}
