/** Makes nginx's log files links to tandem's own output, as `ln -sf` would, but atomically and without loss. */

import { removeIfThere } from "./files.ts";
import type { LinkPlan } from "../plan/launch_plan.ts";
import { exists, lookAtFutureFolder, parentOf } from "./room.ts";

export type LinkOutcome = "made" | "already right" | "made, old log kept as a .1 file";

export type LinkLook =
  | { kind: "right" }
  | { kind: "missing" }
  /** What is there gives way. */
  | { kind: "wrong"; now: string }
  | { kind: "impossible"; why: string };

/** What `makeLogLink` would meet; changes nothing. */
export function lookAtLogLink({ path, target }: LinkPlan): LinkLook {
  const there = exists(path) ? whatIsAt(path) : undefined;
  const leadsTo = there?.isSymlink ? Deno.readLinkSync(path) : undefined;
  if (leadsTo === target) return { kind: "right" };
  if (there && !there.isSymlink && !there.isFile) {
    return { kind: "impossible", why: "it is neither a file nor a link" };
  }
  const folder = parentOf(path);
  const room = lookAtFutureFolder(folder);
  if (room.kind !== "writable") {
    const why = room.kind === "closed" ? room.why : "there is something else in its way";
    return { kind: "impossible", why: `cannot write to ${folder} (${why})` };
  }
  if (!there) return { kind: "missing" };
  return { kind: "wrong", now: leadsTo === undefined ? "a file" : `a link to ${leadsTo}` };
}

/** @throws the reason, with the link as it was. */
export function makeLogLink(link: LinkPlan): LinkOutcome {
  try {
    return make(link);
  } catch (error) {
    const look = lookAtLogLink(link);
    throw look.kind === "impossible" ? new Error(look.why, { cause: error }) : error;
  }
}

function make({ path, target }: LinkPlan): LinkOutcome {
  const there = whatIsAt(path);
  if (there?.isSymlink && Deno.readLinkSync(path) === target) return "already right";
  if (there && !there.isSymlink && !there.isFile) {
    throw new Error("it is neither a file nor a link");
  }
  Deno.mkdirSync(parentOf(path), { recursive: true });
  // A name of our own beside it, renamed over it, so that whoever looks finds the old or the new.
  const fresh = `${path}.${Deno.pid}.new`;
  // PID 1 of an earlier container had the same name for it.
  removeIfThere(fresh);
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
