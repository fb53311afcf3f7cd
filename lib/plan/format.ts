/** Formats times, sizes, addresses and errors for people. */

import type { Address } from "./address.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "257 ms", "4.2 s", "3 min 12 s", "2 h 5 min", "9 d 4 h". */
export function formatDuration(milliseconds: number): string {
  const duration = Math.max(0, milliseconds);
  if (Math.round(duration) < SECOND) return `${Math.round(duration)} ms`;
  if (duration < MINUTE) {
    return `${(Math.floor(Math.max(SECOND, duration) / 100) / 10).toFixed(1)} s`;
  }
  if (duration < HOUR) return inTwoUnits(duration, [MINUTE, "min"], [SECOND, "s"]);
  if (duration < DAY) return inTwoUnits(duration, [HOUR, "h"], [MINUTE, "min"]);
  return inTwoUnits(duration, [DAY, "d"], [HOUR, "h"]);
}

type Unit = [milliseconds: number, name: string];

function inTwoUnits(duration: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = duration % large;
  return `${Math.floor(duration / large)} ${largeName} ${Math.floor(rest / small)} ${smallName}`;
}

/** "0.8 MiB", "54 MiB", "1.2 GiB": in the units in which images, units and manifests set limits. */
export function formatBytes(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  if (Math.round(mebibytes) >= 1024) return `${(mebibytes / 1024).toFixed(1)} GiB`;
  return `${mebibytes < 10 ? mebibytes.toFixed(1) : Math.round(mebibytes)} MiB`;
}

/** "http://127.0.0.1:8080/ping"; a unix socket as in nginx's proxy_pass. */
export function formatUrl(address: Address, path: string): string {
  if (address.transport === "unix") return `http://unix:${address.path}:${path}`;
  const { hostname, port } = address;
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}${path}`;
}

/** What the kernel did in the memory cgroup. */
export interface MemoryKills {
  /** Bytes; Infinity if there is no limit. */
  limit: number;
  kills: number;
}

/** "out of memory: limit 2.0 GiB, 3 kills: raise the limit, or run fewer workers". */
export function describeMemoryKills({ limit, kills }: MemoryKills): string {
  const of = Number.isFinite(limit) ? `limit ${formatBytes(limit)}` : "no limit but the machine's";
  return `out of memory: ${of}, ${plural(kills, "kill")}: raise the limit, or run fewer workers`;
}

/** "\\x1b" for an escape character: nothing that a stranger chose may act on a terminal or begin a new log line. */
export function escapeControls(text: string, kept = ""): string {
  // deno-lint-ignore no-control-regex -- these are escaped
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (character) => {
    if (kept.includes(character)) return character;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** "connection refused": without the number, the path and the rest that the runtime adds. */
export function formatError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.replace(/ \(os error \d+\)[^]*/, "").replace(/\s+/g, " ");
  return /^[A-Z][a-z]/.test(reason) ? reason.charAt(0).toLowerCase() + reason.slice(1) : reason;
}
