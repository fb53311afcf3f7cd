/** Records the system calls of one start, serving and stop: which, how often, and in which phase. */

import type { Edition } from "../../support/editions.ts";
import { isCallOfTandem, NEVER_FAILS, REALISTIC_ERRORS } from "./call_table.ts";
import { runPair } from "./run_pair.ts";

export type Phase = "start" | "serving" | "stop";

/** One system call of the recording. */
export interface CallSite {
  call: string;
  /** The call and what it acts on, without numbers: calls alike have the same. */
  signature: string;
  /** Its number among the calls of this name in its process, from 1, as `when=` of strace counts. */
  index: number;
  phase: Phase;
  /** Made by a forked child before its exec, or by the guardian. */
  isInChild: boolean;
  /** Whether `lib/` or `slim/` asks for it, so that a failure is tandem's to handle. */
  isOfTandem: boolean;
}

const LINE = /^(?:(\d+) +)?(\d+\.\d+) ((\w+)\(.*)$/;

/** -y shows what a descriptor stands for; -b leaves a child as soon as it is another program. */
const OPTIONS = ["-y", "-ttt", "-s", "100"];
export const FOLLOW_CHILDREN = ["-f", "-b", "execve"];

/** @returns the calls of tandem's main thread, then in the slim edition those of its children before exec */
export async function record(edition: Edition): Promise<CallSite[]> {
  const all = await recordOnce(edition, []);
  const own = all.slice(ownStart(edition, all));
  if (!edition.name.startsWith("tandem-slim")) return own;
  const children = (await recordOnce(edition, FOLLOW_CHILDREN)).filter(({ isInChild }) =>
    isInChild
  );
  return [...own, ...children];
}

/** Names that the tables do not have yet. */
export function unknownCalls(sites: CallSite[]): string[] {
  const unknown = sites.filter(({ call, isOfTandem }) =>
    isOfTandem && !REALISTIC_ERRORS[call] && !NEVER_FAILS[call]
  );
  return [...new Set(unknown.map(({ call }) => call))];
}

async function recordOnce(edition: Edition, options: string[]): Promise<CallSite[]> {
  const run = await runPair(edition, { straceOptions: [...OPTIONS, ...options] });
  if (run.status !== 0) throw new Error(`The recording ended with ${run.status}:\n${run.story}`);
  const counts = new Map<string, number>();
  return run.trace.flatMap((line): CallSite[] => {
    const [, pid = `${run.pid}`, time, text, call] = LINE.exec(line) ?? [];
    if (text === undefined || call === undefined) return [];
    const key = `${pid} ${call}`;
    const index = (counts.get(key) ?? 0) + 1;
    counts.set(key, index);
    const milliseconds = Number(time) * 1000;
    const phase = milliseconds < run.readyAt
      ? "start"
      : milliseconds < run.stopAt
      ? "serving"
      : "stop";
    const isInChild = Number(pid) !== run.pid;
    const isOfTandem = isInChild || edition.name !== "tandem" || isCallOfTandem(call, text);
    return [{ call, signature: signatureOf(text), index, phase, isInChild, isOfTandem }];
  });
}

/** What comes before is the start of Deno itself, or of the dynamic loader and of ASan. */
function ownStart({ name }: Edition, sites: CallSite[]): number {
  if (name === "tandem-slim") return 0;
  const mark = name === "tandem-slim-asan" ? "rt_sigaction(SIGPIPE" : "PR_SET_CHILD_SUBREAPER";
  const start = sites.findIndex(({ signature }) => signature.includes(mark));
  if (start < 0) throw new Error(`No ${mark} in the recording`);
  return start;
}

/** Keeps names, paths and flags; drops numbers, contents and results. */
function signatureOf(text: string): string {
  return text
    .replace(/\) += .*$| *<unfinished.*$/, ")")
    .replaceAll(/\/tandem-e2e-\w+/g, "")
    .replaceAll(/"(?!\/)[^"]*"(\.\.\.)?/g, "…")
    .replaceAll(/\{[^}]*?(sa_family=\w+)?[^}]*\}?/g, "{$1}")
    .replaceAll(/~?\[[^\]]*\]/g, "[]")
    .replaceAll(/\b(0x[0-9a-f]+|[0-9a-f]{32}|\d+)\b/g, "N")
    .replaceAll(/RT_N/g, "RT");
}
