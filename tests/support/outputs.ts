/** What stdout and stderr of a start can be, and how what arrives there is read. */

import { exists, type Image } from "./image.ts";
import type { Launcher } from "./launcher.ts";
import { fixtures } from "./paths.ts";

/**
 * Of "foreign" ones another user than the one that runs tandem is the owner; of "non-blocking" ones somebody has set
 * O_NONBLOCK; with "full" stdout is a device that has no room.
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

/** Somebody without rights: Debian's `nobody`. */
export const NOBODY = 65534;

export interface OutputOptions {
  kind: OutputKind;
  image: Image;
  /** Who runs tandem; the tester by default. */
  uid?: number;
  /** While this file is there, nobody reads. */
  stall?: string;
}

/** To be put before tandem. */
export function withOutput(
  { kind, image, uid = Deno.uid() ?? 0, stall = "" }: OutputOptions,
): string[] {
  return ["python3", `${fixtures}/with_output.py`, kind, `${uid}`, stall, image.folder];
}

/** Gives the whole image to a user, as an image built for one is. */
export function giveTo(uid: number, folder: string): void {
  Deno.chownSync(folder, uid, uid);
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) giveTo(uid, path);
    else if (!isSymlink) Deno.chownSync(path, uid, uid);
  }
}

/** Whole lines that have arrived in either output. */
export function arrivedLines({ image, lines }: Launcher): string[] {
  const files = ["stdout", "stderr"].map((name) => `${image.folder}/${name}`).filter(exists);
  const texts = files.map((path) => Deno.readTextFileSync(path));
  return [...lines, ...texts.flatMap((text) => text.split("\n").slice(0, -1))];
}
