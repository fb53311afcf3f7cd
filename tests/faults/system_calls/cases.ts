/** Makes the product: each kind of call, at its first, second and last time, with each error or signal. */

import { REALISTIC_ERRORS, realisticErrors } from "./call_table.ts";
import { type CallSite, FOLLOW_CHILDREN } from "./recording.ts";
import type { PairOptions, Victim } from "./run_pair.ts";

export type Injection =
  | { kind: "error"; error: string }
  | { kind: "signal"; signal: "TERM" | "INT" | "HUP" }
  | { kind: "kill"; victim: Victim };

export interface Case {
  site: CallSite;
  injection: Injection;
}

const SIGNALS: readonly Injection[] = [
  { kind: "signal", signal: "TERM" },
  { kind: "signal", signal: "INT" },
  { kind: "signal", signal: "HUP" },
  { kind: "kill", victim: "nginx" },
  { kind: "kill", victim: "gunicorn" },
];

/** ASan allocates on its own, and ends the process by itself if it cannot. */
export const ALLOCATIONS = new Set(["brk", "mmap"]);

/** Each found a bug of tandem, so a bounded run begins with them. */
const FOUND_BUGS = new Set(["getcwd", "kill", "signalfd4"]);

/** @param seed of the order */
export function orderedCases(cases: Case[], seed: number): Case[] {
  const foundBugs = ({ site, injection }: Case) =>
    injection.kind === "error" && FOUND_BUGS.has(site.call);
  const order = shuffled(cases, seed);
  return [...order.filter(foundBugs), ...order.filter((tested) => !foundBugs(tested))];
}

export function casesOf(sites: CallSite[], editionName: string): Case[] {
  const isSanitized = editionName.endsWith("-asan");
  const failing = sites.filter(({ call, isOfTandem }) =>
    isOfTandem && REALISTIC_ERRORS[call] && !(isSanitized && ALLOCATIONS.has(call))
  ).filter((site) => site.isInChild || site.call !== "execve");
  // A signal is for the whole process, so only the moment of the call counts; but not in a child before its exec.
  const own = sites.filter(({ isInChild, call }) => !isInChild && call !== "execve");
  const perSignature = Map.groupBy(failing, ({ signature }) => signature).values();
  const errorSites = new Set([
    ...chosen(failing, byName),
    ...[...perSignature].map(([first]) => first!),
  ]);
  return [
    ...[...errorSites].flatMap((site) =>
      realisticErrors(site.call, site.signature).map((error): Case => ({
        site,
        injection: { kind: "error", error },
      }))
    ),
    ...chosen(own, byNameAndPhase).flatMap((site) =>
      SIGNALS.map((injection): Case => ({ site, injection }))
    ),
  ];
}

const byName = ({ call }: CallSite) => call;
const byNameAndPhase = ({ call, phase }: CallSite) => `${call} ${phase}`;

/** The first, second and last of the calls that are alike. */
function chosen(sites: CallSite[], key: (site: CallSite) => string): CallSite[] {
  const groups = Map.groupBy(sites, (site) => `${site.isInChild} ${key(site)}`).values();
  return [...groups].flatMap((group) => [
    ...new Set([...group.slice(0, 2), ...group.slice(-1)]),
  ]);
}

/** strace counts the calls of each process by itself. */
export function pairOptions({ site, injection }: Case): PairOptions {
  const straceOptions = [
    ...(site.isInChild ? FOLLOW_CHILDREN : []),
    ...["-y", "-e", `trace=${site.call}`],
    ...["-e", `inject=${site.call}:${effectOf(injection)}:when=${site.index}`],
  ];
  const victim = injection.kind === "kill" ? injection.victim : undefined;
  return { straceOptions, victim, mayRefuse: injection.kind !== "error" };
}

function effectOf(injection: Injection): string {
  switch (injection.kind) {
    case "error":
      return `error=${injection.error}`;
    case "signal":
      return `signal=${injection.signal}`;
    case "kill":
      return "signal=STOP";
  }
}

export function nameOf(injection: Injection): string {
  switch (injection.kind) {
    case "error":
      return injection.error;
    case "signal":
      return `SIG${injection.signal}`;
    case "kill":
      return `SIGKILL to ${injection.victim}`;
  }
}

export function describe({ site, injection }: Case): string {
  const where = site.isInChild ? "a child's " : "";
  return `${nameOf(injection)} at ${where}${site.call} no. ${site.index}, ${
    site.signature.slice(0, 110)
  }`;
}

/** A fixed order for each seed: Fisher and Yates, with numbers by mulberry32. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
