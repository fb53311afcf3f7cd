/** Times, sizes, addresses and errors the way people read them. */

import type { Address } from "./address.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "257 ms", "4.2 s", "3 min 12 s", "2 h 5 min", "9 d 4 h". */
export function formatDuration(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time < SECOND) return `${Math.round(time)} ms`;
  if (time < MINUTE) return `${(Math.floor(time / 100) / 10).toFixed(1)} s`;
  if (time < HOUR) return inTwo(time, MINUTE, "min", SECOND, "s");
  if (time < DAY) return inTwo(time, HOUR, "h", MINUTE, "min");
  return inTwo(time, DAY, "d", HOUR, "h");
}

function inTwo(time: number, large: number, one: string, small: number, other: string): string {
  return `${Math.floor(time / large)} ${one} ${Math.floor(time % large / small)} ${other}`;
}

/** "0.8 MB", "54 MB", "1.2 GB", in powers of ten. */
export function formatBytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  if (megabytes >= 1000) return `${(megabytes / 1000).toFixed(1)} GB`;
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}

/** "http://127.0.0.1:8080/ping"; a unix socket the way nginx's proxy_pass names one. */
export function formatUrl(address: Address, path: string): string {
  if (address.transport === "unix") return `http://unix:${address.path}:${path}`;
  const { hostname, port } = address;
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}${path}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** "connection refused": without the number, the path and the rest that the runtime puts behind it. */
export function formatError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.replace(/ \(os error \d+\)[^]*/, "").replace(/\s+/g, " ");
  return /^[A-Z][a-z]/.test(reason) ? reason.charAt(0).toLowerCase() + reason.slice(1) : reason;
}
