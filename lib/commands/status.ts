/** `tandem status`: shows the running pair, once or anew each second. */

import { monotonicClock as clock } from "../host/system/clock.ts";
import { writeTextFile } from "../host/files/files.ts";
import { listenForInterrupt } from "../host/process/interrupt.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { canMoveCursor, isTerminal, terminalSize, wantsColour } from "../host/output/terminal.ts";
import { formatError } from "../plan/format.ts";
import type { Invocation } from "../plan/settings.ts";
import { findRunning, type Running } from "./running.ts";
import { statusJson } from "../status/json.ts";
import { statusLines } from "../status/text.ts";
import { type StatusSnapshot, type StatusView, takeSnapshot } from "../status/view.ts";
import { timelineLines } from "../status/timeline_text.ts";
import { timelineSvg } from "../status/timeline_svg.ts";

const WATCH_MS = 1000;
/** Where nobody says how wide a line may be. */
const PIPED_COLUMNS = 80;
const CLEAR_SCREEN = "\x1b[H\x1b[2J";

/** @returns the exit status: 1 when nothing runs */
export async function status(request: Invocation): Promise<number> {
  const { watch, svg } = request.options;
  if (watch) return await watching(request);
  const running = findRunning(request);
  if (running.kind === "nothing") {
    if (request.options.json) writeToStdout(nothing(running, request));
    else writeToStderr(nothing(running, request));
    return 1;
  }
  const [view] = takeSnapshot(running.state, running.folder);
  if (svg === undefined) writeToStdout(inWords(view, request, "since each process's start"));
  return svg === undefined ? 0 : draw(view, svg);
}

async function watching(request: Invocation): Promise<number> {
  const interrupted = listenForInterrupt();
  const isScreen = canMoveCursor("stdout") && !request.options.json;
  let look: StatusSnapshot | undefined;
  while (!interrupted.aborted) {
    const running = findRunning(request);
    let text: string;
    if (running.kind === "nothing") {
      text = nothing(running, request);
      look = undefined;
    } else {
      const span = look ? "in the last second" : "since each process's start";
      const [view, next] = takeSnapshot(running.state, running.folder, look);
      text = inWords(view, request, span);
      look = next;
    }
    if (!writeToStdout(isScreen ? CLEAR_SCREEN + firstRows(text) : text)) break;
    await clock.sleep(WATCH_MS, interrupted).catch(() => {});
  }
  return look ? 0 : 1;
}

function nothing({ reason }: Running & { kind: "nothing" }, { options }: Invocation): string {
  return options.json ? `${JSON.stringify({ running: false, reason })}\n` : `tandem: ${reason}\n`;
}

function inWords(view: StatusView, { options }: Invocation, cpuSpan: string): string {
  if (options.json) return `${JSON.stringify(statusJson(view))}\n`;
  const { columns } = terminalSize();
  const lines = options.timeline
    ? timelineLines(view, isTerminal("stdout") ? columns : PIPED_COLUMNS)
    : statusLines(view, {
      colour: wantsColour("stdout"),
      columns: isTerminal("stdout") ? columns : Infinity,
      cpuSpan,
    });
  return lines.map((line) => `${line}\n`).join("");
}

/** What fits the screen, and leaves the cursor on it. */
function firstRows(text: string): string {
  const { rows } = terminalSize();
  return text.split("\n").slice(0, rows - 1).join("\n");
}

function draw(view: StatusView, path: string): number {
  try {
    writeTextFile(path, timelineSvg(view));
  } catch (error) {
    writeToStderr(`tandem: cannot write ${path}: ${formatError(error)}\n`);
    return 1;
  }
  writeToStdout(`wrote ${path}\n`);
  return 0;
}
