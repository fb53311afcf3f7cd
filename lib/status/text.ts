/** Formats what `status` shows as text. Pure. */

import { cutText } from "../plan/columns.ts";
import {
  describeMemoryKills,
  formatBytes,
  formatDuration,
  formatUrl,
  plural,
} from "../plan/format.ts";
import { describeLostSocket } from "../plan/address.ts";
import type { ProcessRow, StatusView } from "./view.ts";

export interface TextStyle {
  colour: boolean;
  columns: number;
  /** The time over which the CPU column is measured: "in the last second". */
  cpuSpan: string;
}

type Cut = (line: string) => string;
type Paint = (text: string, colour: Colour) => string;
type Colour = keyof typeof COLOURS;
const COLOURS = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33" };

/** Lines without newlines, none wider than the terminal. */
export function statusLines(view: StatusView, style: TextStyle): string[] {
  const paint: Paint = (text, colour) =>
    style.colour ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text;
  const cut = (line: string) => cutText(line, style.columns);
  return [
    headline(view, paint, cut),
    ...facts(view).map(cut),
    ...view.unseen ? [] : processLines(view, style, paint, cut),
    ...events(view, paint, cut),
  ];
}

function headline({ state, isReady, uptimeMs }: StatusView, paint: Paint, cut: Cut): string {
  const { phase, version, pid } = state;
  const colour = isReady ? "green" : phase === "starting" ? "yellow" : "red";
  const readiness = isReady ? `${phase}, ready` : `${phase}, not ready`;
  const line = cut(`${readiness}: tandem ${version}, pid ${pid}, up ${formatDuration(uptimeMs)}`);
  return paint(line.slice(0, readiness.length), colour) + line.slice(readiness.length);
}

function facts(
  { state, waiting, memory, socketLoss, connections, uptimeMs, folder, unseen }: StatusView,
): string[] {
  const { ready, socket, stopCause, drainStep, reloads, timeline } = state;
  const { done, refused, last } = reloads;
  const rows: [string, string | false | undefined][] = [
    ["stopping", stopCause],
    ["drain step", drainStep],
    ["waiting", waiting],
    ["ready path", ready && formatUrl(ready.address, ready.path)],
    ["ready after", timeline.ready !== undefined && formatDuration(timeline.ready)],
    ["app socket", socket],
    ["warning", socketLoss && describeLostSocket(socket, socketLoss)],
    ["connections", connections !== undefined && `${connections} to nginx`],
    ["reloads", last && `${done} done, ${refused} refused, the last ${ago(uptimeMs - last.at)}`],
    ["refused", last?.complaint],
    ["memory", !!memory?.kills && describeMemoryKills(memory)],
    ["deaths", !!state.workerDeaths && plural(state.workerDeaths, "gunicorn worker")],
    ["state dir", folder],
    ["not visible", unseen],
  ];
  return rows.flatMap(([name, value]) => value ? [`  ${name.padEnd(11)}  ${value}`] : []);
}

function ago(milliseconds: number): string {
  return `${formatDuration(milliseconds)} ago`;
}

function processLines(
  view: StatusView,
  style: TextStyle,
  paint: Paint,
  cut: Cut,
): string[] {
  return [
    "",
    ...table(view.processes).map((line, index) => index ? cut(line) : paint(cut(line), "bold")),
    "",
    ...remarks(view, style).map((line) => paint(cut(line), "dim")),
  ];
}

const STATES: Record<string, string> = {
  R: "running",
  S: "sleeping",
  D: "on disk",
  Z: "zombie",
  T: "stopped",
  t: "traced",
  I: "idle",
};

function table(processes: ProcessRow[]): string[] {
  const rows = processes.map((row) => [
    `${"  ".repeat(row.depth)}${row.role}`,
    `${row.pid}`,
    STATES[row.state] ?? row.state,
    formatBytes(row.rssBytes),
    formatDuration(row.cpuMs),
    row.cpuPercent.toFixed(1),
    formatDuration(row.uptimeMs),
  ]);
  const head = ["PROCESS", "PID", "STATE", "RSS", "CPU", "CPU%", "UP"];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const isText = (column: number) => column === 0 || column === 2;
  return all.map((row) =>
    row.map((cell, column) =>
      isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    ).join("  ").trimEnd()
  );
}

function remarks({ processes, lateWorkers }: StatusView, { cpuSpan }: TextStyle): string[] {
  const total = formatBytes(processes.reduce((sum, { rssBytes }) => sum + rssBytes, 0));
  const late = `${plural(lateWorkers, "gunicorn worker")} younger than the start or last reload`;
  return [
    `RSS: ${total} in total; memory that processes share counts in each of them.`,
    `CPU%: of one CPU, ${cpuSpan}.`,
    ...lateWorkers ? [`Restarts: ${late}.`] : [],
  ];
}

function events({ state, uptimeMs }: StatusView, paint: Paint, cut: Cut): string[] {
  if (!state.events.length) return [];
  const rows = state.events.map(({ at, level, message }) => {
    const mark = level === "info" ? "" : `${level}: `;
    const shown = cut(`${formatDuration(uptimeMs - at).padStart(11)} ago  ${mark}${message}`);
    return level === "info" ? shown : paint(shown, level === "error" ? "red" : "yellow");
  });
  return ["", paint("EVENTS", "bold"), ...rows];
}
