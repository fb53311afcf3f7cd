/** The commit of the sources and its time: from git, or from the text that `git archive` writes into source.txt. */

import { join } from "node:path";
import { BuildError, run } from "./build/denort.ts";
import { root } from "./imports.ts";

const EX_USAGE = 64;

export interface Commit {
  /** 40 hexadecimal digits. */
  hash: string;
  /** Seconds since the epoch. */
  time: number;
}

/** How many digits of a commit an executable names. Git's own choice depends on how much history the clone has. */
const SHORT = 12;

/** In a container the clone may belong to another user, and git then refuses to read it. */
function git(...args: string[]): Promise<string> {
  return run(["git", "-c", "safe.directory=*", ...args], { cwd: root });
}

/** @returns `undefined` in a copy of the sources without a commit */
export async function sourceCommit(): Promise<Commit | undefined> {
  const text = await archivedCommit() ??
    await git("log", "-1", "--format=%H %ct").catch(() => "");
  const [, hash, time] = /^([0-9a-f]{40}) (\d+)$/.exec(text.trim()) ?? [];
  return hash && time ? { hash, time: Number(time) } : undefined;
}

async function archivedCommit(): Promise<string | undefined> {
  const text = await Deno.readTextFile(join(root, "scripts", "source.txt"));
  return text.startsWith("$Format") ? undefined : text;
}

/**
 * Whether files differ from the commit; what .gitignore names, such as build products, does not count. An archive may
 * have been unpacked inside another repository, so git is not asked there.
 */
export async function isDirty(): Promise<boolean> {
  if (await archivedCommit() !== undefined) return false;
  return await git("status", "--porcelain").catch(() => "") !== "";
}

/** As the executables name it: with "-dirty" if files differ from it, "unknown" without a commit. */
export async function shortCommit(): Promise<string> {
  const commit = await sourceCommit();
  if (!commit) return "unknown";
  return commit.hash.slice(0, SHORT) + (await isDirty() ? "-dirty" : "");
}

/** SOURCE_DATE_EPOCH, else the time of the commit, so that builds are reproducible; now if there is neither. */
export async function sourceTime(): Promise<number> {
  const given = Deno.env.get("SOURCE_DATE_EPOCH");
  if (given && !/^\d{1,10}$/.test(given)) {
    throw new BuildError(`SOURCE_DATE_EPOCH=${given}: use seconds since 1970`, EX_USAGE);
  }
  if (given) return Number(given);
  return (await sourceCommit())?.time ?? Math.floor(Date.now() / 1000);
}

/** `2026-01-31T23:59:59Z` */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}
