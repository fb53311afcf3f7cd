/** Makes nginx's log files links to tandem's own output, as `ln -sf` would, but atomically and without loss. */

import type { LinkPlan } from "../../plan/launch_plan.ts";
import { parentOf, removeIfExists } from "./files.ts";

export type LinkOutcome = "made" | "already right" | "made, old log kept as a .1 file";

/** `makeLogLink`, and where that fails a look at why. @throws the reason, with the link as it was. */
export async function makeLogLinkOrSayWhy(link: LinkPlan): Promise<LinkOutcome> {
  try {
    return makeLogLink(link);
  } catch (error) {
    const { readLinkState } = await import("./log_link_state.ts");
    const look = readLinkState(link);
    throw look.kind === "impossible" ? new Error(look.why, { cause: error }) : error;
  }
}

/** @throws the file system's error, with the link as it was. */
export function makeLogLink({ path, target }: LinkPlan): LinkOutcome {
  const there = whatIsAt(path);
  if (there?.isSymlink && Deno.readLinkSync(path) === target) return "already right";
  if (there && !there.isSymlink && !there.isFile) {
    throw new Error("it is neither a file nor a link");
  }
  Deno.mkdirSync(parentOf(path), { recursive: true });
  // A name of our own beside it, renamed over it, so that whoever looks finds the old or the new.
  const fresh = `${path}.${Deno.pid}.new`;
  // PID 1 of an earlier container had the same name for it.
  removeIfExists(fresh);
  Deno.symlinkSync(target, fresh);
  try {
    const keep = there?.isFile && there.size > 0;
    if (keep) keepOldLog(path);
    Deno.renameSync(fresh, path);
    return keep ? "made, old log kept as a .1 file" : "made";
  } catch (error) {
    Deno.removeSync(fresh);
    throw error;
  }
}

/** Beside, not over, what an earlier start kept. */
function keepOldLog(path: string): void {
  let number = 1;
  while (whatIsAt(`${path}.${number}`)) number++;
  Deno.renameSync(path, `${path}.${number}`);
}

function whatIsAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
