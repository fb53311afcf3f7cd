/** Starts tandem on each kind of stdout and stderr, and reads the lines that arrive. */

import { exists, type Image } from "./image.ts";
import type { Launcher } from "./launcher.ts";
import { fixtures } from "./paths.ts";

/**
 * "foreign": another user owns it. "non-blocking": O_NONBLOCK is set. "full": stdout is /dev/full, where each write
 * fails with ENOSPC.
 */
export type OutputKind =
  | "pipe"
  | "file"
  | "terminal"
  | "socket"
  | "closed"
  | "foreign pipe"
  | "foreign terminal"
  | "non-blocking pipe"
  | "full";

/** The uid of Debian's unprivileged user `nobody`. */
export const NOBODY = 65534;

export interface OutputOptions {
  kind: OutputKind;
  image: Image;
  /** The user who runs tandem; by default the tester. */
  uid?: number;
  /** While this file exists, the reader takes nothing. */
  stall?: string;
}

/** @returns a prefix for tandem's command line */
export function withOutput(
  { kind, image, uid = Deno.uid() ?? 0, stall = "" }: OutputOptions,
): string[] {
  return ["python3", `${fixtures}/with_output.py`, kind, `${uid}`, stall, image.folder];
}

/** Makes a user the owner of the whole folder, but not of the targets of links. */
export function giveTo(uid: number, folder: string): void {
  Deno.chownSync(folder, uid, uid);
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) giveTo(uid, path);
    else if (!isSymlink) Deno.chownSync(path, uid, uid);
  }
}

/** The complete lines that have arrived in either output. */
export function arrivedLines({ image, lines }: Launcher): string[] {
  const files = ["stdout", "stderr"].map((name) => `${image.folder}/${name}`).filter(exists);
  const texts = files.map((path) => Deno.readTextFileSync(path));
  return [...lines, ...texts.flatMap((text) => text.split("\n").slice(0, -1))];
}
