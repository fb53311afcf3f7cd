/** What a run writes down of itself for other commands and for people, and how that is read with distrust. */

import type { Address } from "../../plan/address.ts";

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks after boot; 0 when it was gone before anybody could look. */
  startTicks: number;
}

/** Where the ready path is asked for, and whether nginx is what answers there. */
export interface ReadyCheck {
  address: Address;
  path: string;
  throughNginx: boolean;
}

/** How long things may take, in milliseconds. */
export interface RunLimits {
  /** 0: as long as it likes. */
  startTimeout: number;
  drainDelay: number;
  gracePeriod: number;
}

export interface Reloads {
  done: number;
  refused: number;
  /** With nginx's complaint when it was refused. */
  last?: { at: number; complaint?: string };
}

export interface LogEntry {
  at: number;
  level: string;
  event: string;
  message: string;
}

/** Written as JSON, whole, at each change. Moments are milliseconds after tandem's start unless said. */
export interface State extends ProcessIdentity {
  version: string;
  phase: string;
  /** By the wall clock, ISO 8601. */
  startedAt: string;
  nginx?: ProcessIdentity;
  gunicorn?: ProcessIdentity;
  /** gunicorn's. */
  socket: string;
  /** Known once nginx has looked at its conf. */
  ready?: ReadyCheck;
  /** All that nginx listens on. */
  listens: Address[];
  limits: RunLimits;
  timeline: Record<string, number>;
  stopCause?: string;
  reloads: Reloads;
  /** The last few, oldest first. */
  events: LogEntry[];
}

type Fields = Record<string, unknown>;

/** @throws {Error} that says in a few words what is not as tandem writes it */
export function parseState(text: string): State {
  const fields = object(parseJson(text), "it");
  return {
    ...identity(fields, "tandem"),
    version: words(fields.version, "version"),
    phase: words(fields.phase, "phase"),
    startedAt: words(fields.startedAt, "startedAt"),
    nginx: optional(fields.nginx, (value) => identity(object(value, "nginx"), "nginx")),
    gunicorn: optional(fields.gunicorn, (value) => identity(object(value, "gunicorn"), "gunicorn")),
    socket: words(fields.socket, "socket"),
    ready: optional(fields.ready, readyCheck),
    listens: list(fields.listens, "listens").map(address),
    limits: limits(object(fields.limits, "limits")),
    timeline: timeline(object(fields.timeline, "timeline")),
    stopCause: optional(fields.stopCause, (value) => words(value, "stopCause")),
    reloads: reloads(object(fields.reloads, "reloads")),
    events: list(fields.events, "events").map(happening),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
}

function identity(fields: Fields, name: string): ProcessIdentity {
  const pid = number(fields.pid, `${name}'s pid`);
  // 0 and below name groups.
  if (!Number.isInteger(pid) || pid < 1) throw new Error(`${name}'s pid is not one`);
  return { pid, startTicks: number(fields.startTicks, `${name}'s startTicks`) };
}

function readyCheck(value: unknown): ReadyCheck {
  const { address: where, path, throughNginx } = object(value, "ready");
  return {
    address: address(where),
    path: words(path, "the ready path"),
    throughNginx: throughNginx === true,
  };
}

function address(value: unknown): Address {
  const { transport, path, hostname, port } = object(value, "an address");
  return transport === "unix"
    ? { transport, path: words(path, "a socket's path") }
    : { transport: "tcp", hostname: words(hostname, "a host"), port: number(port, "a port") };
}

function limits({ startTimeout, drainDelay, gracePeriod }: Fields): RunLimits {
  return {
    startTimeout: number(startTimeout, "startTimeout"),
    drainDelay: number(drainDelay, "drainDelay"),
    gracePeriod: number(gracePeriod, "gracePeriod"),
  };
}

function timeline(fields: Fields): Record<string, number> {
  const entries = Object.entries(fields).map(([step, at]) => [printable(step), number(at, step)]);
  return Object.fromEntries(entries);
}

function reloads({ done, refused, last }: Fields): Reloads {
  return {
    done: number(done, "reloads"),
    refused: number(refused, "reloads"),
    last: optional(last, (value) => {
      const { at, complaint } = object(value, "the last reload");
      return {
        at: number(at, "the last reload"),
        complaint: optional(complaint, (text) => words(text, "a complaint")),
      };
    }),
  };
}

function happening(value: unknown): LogEntry {
  const { at, level, event, message } = object(value, "an event");
  return {
    at: number(at, "an event's time"),
    level: words(level, "an event's level"),
    event: words(event, "an event's name"),
    message: words(message, "an event's message"),
  };
}

function object(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`${name} is not an object`);
}

function list(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${name} is not a list`);
}

function number(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Error(`${printable(name)} is not a number`);
}

function words(value: unknown, name: string): string {
  if (typeof value === "string") return printable(value);
  throw new Error(`${name} is not a text`);
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

/** What is read here is printed on terminals, whoever wrote it. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what is taken out
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ");
}
