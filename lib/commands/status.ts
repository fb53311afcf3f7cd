/** `tandem status`: shows the running tandem, once or every second. */

import { writeTextFile } from "../host/files/files.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { canMoveCursor, isTerminal, terminalSize, wantsColour } from "../host/output/terminal.ts";
import { listenForInterrupt } from "../host/process/interrupt.ts";
import { monotonicClock as clock } from "../host/system/clock.ts";
import { formatError } from "../plan/format.ts";
import type { Invocation, StatusFormat } from "../plan/settings.ts";
import { statusJson } from "../status/json.ts";
import { metricsText } from "../status/metrics.ts";
import { statusLines } from "../status/text.ts";
import { timelineSvg } from "../status/timeline_svg.ts";
import { timelineLines } from "../status/timeline_text.ts";
import { type StatusSnapshot, type StatusView, takeSnapshot } from "../status/view.ts";
import { findRunning } from "./running.ts";

const WATCH_MS = 1000;
/** The width of a timeline that is not shown on a terminal. */
const PIPED_COLUMNS = 80;
const CLEAR_SCREEN = "\x1b[H\x1b[2J";

/** @returns the exit status: 1 if no tandem runs */
export async function status(invocation: Invocation): Promise<number> {
  const { watch, svg, timeline } = invocation.options;
  if (watch) return await watchStatus(invocation);
  const running = findRunning(invocation);
  if (running.kind === "none") {
    const format = formatOf(invocation);
    if (format !== "text") writeToStdout(formatNone(running.reason, format));
    if (format !== "json") await writeToStderr(formatNone(running.reason, "text"));
    return 1;
  }
  const [view] = takeSnapshot(running);
  if (svg === undefined || timeline) {
    writeToStdout(formatView(view, invocation, "since each process's start"));
  }
  return svg === undefined ? 0 : await writeSvg(view, svg);
}

async function watchStatus(invocation: Invocation): Promise<number> {
  const interrupted = listenForInterrupt();
  const isScreen = canMoveCursor("stdout") && formatOf(invocation) === "text";
  let snapshot: StatusSnapshot | undefined;
  while (!interrupted.aborted) {
    const running = findRunning(invocation);
    let text: string;
    if (running.kind === "none") {
      text = formatNone(running.reason, formatOf(invocation));
      snapshot = undefined;
    } else {
      const cpuSpan = snapshot ? "in the last second" : "since each process's start";
      const [view, next] = takeSnapshot(running, snapshot);
      text = formatView(view, invocation, cpuSpan);
      snapshot = next;
    }
    if (!writeToStdout(isScreen ? CLEAR_SCREEN + firstRows(text) : text)) break;
    await clock.sleep(WATCH_MS, interrupted).catch(() => {});
  }
  return snapshot ? 0 : 1;
}

function formatOf({ options: { json, format } }: Invocation): StatusFormat {
  return format ?? (json ? "json" : "text");
}

function formatNone(reason: string, format: StatusFormat): string {
  switch (format) {
    case "text":
      return `tandem: ${reason}\n`;
    case "json":
      return `${JSON.stringify({ running: false, reason })}\n`;
    case "prometheus":
      return metricsText(undefined);
  }
}

function formatView(view: StatusView, invocation: Invocation, cpuSpan: string): string {
  const format = formatOf(invocation);
  if (format === "json") return `${JSON.stringify(statusJson(view))}\n`;
  if (format === "prometheus") return metricsText(view);
  const { columns } = terminalSize();
  const lines = invocation.options.timeline
    ? timelineLines(view, isTerminal("stdout") ? columns : PIPED_COLUMNS)
    : statusLines(view, {
      colour: wantsColour("stdout"),
      columns: isTerminal("stdout") ? columns : Infinity,
      cpuSpan,
    });
  return lines.map((line) => `${line}\n`).join("");
}

/** The rows that fit the screen, with one left for the cursor; the last says how many do not. */
function firstRows(text: string): string {
  const fitting = terminalSize().rows - 1;
  const lines = text.trimEnd().split("\n");
  if (lines.length <= fitting) return lines.join("\n");
  const shown = lines.slice(0, Math.max(0, fitting - 1));
  return [...shown, `… ${lines.length - shown.length} more lines`].join("\n");
}

async function writeSvg(view: StatusView, path: string): Promise<number> {
  try {
    writeTextFile(path, timelineSvg(view));
  } catch (error) {
    await writeToStderr(`tandem: cannot write ${path}: ${formatError(error)}\n`);
    return 1;
  }
  writeToStdout(`wrote ${path}\n`);
  return 0;
}
