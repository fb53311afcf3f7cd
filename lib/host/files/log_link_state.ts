/** Predicts what `makeLogLink` will do with a log link. */

import type { LinkPlan } from "../../plan/launch_plan.ts";
import { lstatIfExists } from "../system/if_exists.ts";
import { futureFolderAccess } from "./access.ts";
import { parentOf } from "./files.ts";

export type LinkState =
  | { kind: "right" }
  | { kind: "missing" }
  /** A file or another link, which `makeLogLink` replaces. */
  | { kind: "wrong"; now: string }
  | { kind: "impossible"; why: string };

/** Changes nothing. */
export function readLinkState({ path, target }: LinkPlan): LinkState {
  const entry = lstatIfExists(path);
  const current = entry?.isSymlink ? Deno.readLinkSync(path) : undefined;
  if (current === target) return { kind: "right" };
  if (entry && !entry.isSymlink && !entry.isFile) {
    return { kind: "impossible", why: "it is neither a file nor a link" };
  }
  const folder = parentOf(path);
  const access = futureFolderAccess(folder);
  if (access.kind !== "writable") {
    const why = access.kind === "closed" ? access.why : "part of that path is not a folder";
    return { kind: "impossible", why: `cannot write to ${folder} (${why})` };
  }
  if (!entry) return { kind: "missing" };
  return { kind: "wrong", now: current === undefined ? "a file" : `a link to ${current}` };
}
