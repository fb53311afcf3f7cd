/** Makes nginx's log files links to tandem's output, like `ln -sf` but atomically and without loss of an old log. */

import type { LinkPlan } from "../../plan/launch_plan.ts";
import { createFolder, parentOf, removeIfExists } from "./files.ts";

export type LinkOutcome = "made" | "already right" | "made, old log kept as a .1 file";

/** Like `makeLogLink`. @throws an error that says why, with the file system's error as its cause */
export async function makeLogLinkOrSayWhy(link: LinkPlan): Promise<LinkOutcome> {
  try {
    return makeLogLink(link);
  } catch (error) {
    const { readLinkState } = await import("./log_link_state.ts");
    const state = readLinkState(link);
    throw state.kind === "impossible" ? new Error(state.why, { cause: error }) : error;
  }
}

/** @throws the file system's error; the path is then as it was */
export function makeLogLink({ path, target }: LinkPlan): LinkOutcome {
  const entry = entryAt(path);
  if (entry?.isSymlink && Deno.readLinkSync(path) === target) return "already right";
  if (entry && !entry.isSymlink && !entry.isFile) {
    throw new Error("it is neither a file nor a link");
  }
  createFolder(parentOf(path));
  const fresh = `${path}.${Deno.pid}.new`;
  // In containers tandem is often PID 1 each time, so an earlier run may have left this name.
  removeIfExists(fresh);
  Deno.symlinkSync(target, fresh);
  try {
    const keepOld = entry?.isFile && entry.size > 0;
    if (keepOld) keepOldLog(path);
    Deno.renameSync(fresh, path);
    return keepOld ? "made, old log kept as a .1 file" : "made";
  } catch (error) {
    Deno.removeSync(fresh);
    throw error;
  }
}

/** As PATH.1, or the next number that is free. */
function keepOldLog(path: string): void {
  let number = 1;
  while (entryAt(`${path}.${number}`)) number++;
  Deno.renameSync(path, `${path}.${number}`);
}

/** `undefined` if there is none; other errors are thrown, because they say why the link cannot be made. */
function entryAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
