/** What stands in the way of a log link, for whoever has to say it. */

import type { LinkPlan } from "../../plan/launch_plan.ts";
import { parentOf } from "./files.ts";
import { futureFolderAccess, statIfExists } from "./access.ts";

export type LinkState =
  | { kind: "right" }
  | { kind: "missing" }
  /** What is there gives way. */
  | { kind: "wrong"; now: string }
  | { kind: "impossible"; why: string };

/** What `makeLogLink` would meet; changes nothing. */
export function readLinkState({ path, target }: LinkPlan): LinkState {
  const there = statIfExists(path);
  const leadsTo = there?.isSymlink ? Deno.readLinkSync(path) : undefined;
  if (leadsTo === target) return { kind: "right" };
  if (there && !there.isSymlink && !there.isFile) {
    return { kind: "impossible", why: "it is neither a file nor a link" };
  }
  const folder = parentOf(path);
  const room = futureFolderAccess(folder);
  if (room.kind !== "writable") {
    const why = room.kind === "closed" ? room.why : "there is something else in its way";
    return { kind: "impossible", why: `cannot write to ${folder} (${why})` };
  }
  if (!there) return { kind: "missing" };
  return { kind: "wrong", now: leadsTo === undefined ? "a file" : `a link to ${leadsTo}` };
}
