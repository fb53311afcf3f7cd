/** Whether nginx's workers come to where they have to. */

import type { FolderAccess } from "../../host/files/access.ts";
import { type Finding, ok, warning } from "./finding.ts";

export interface PathAccess {
  /** "gunicorn's socket", "its temp folders" */
  to: string;
  path: string;
  /** The first folder on the way that the user may not enter; nothing when the way is free. */
  closed: string | undefined;
}

export function checkWorkerAccess(user: string, passages: PathAccess[]): Finding {
  const name = "nginx's user";
  const blocked = passages.find(({ closed }) => closed !== undefined);
  if (!blocked) return ok(name, `nginx's workers run as ${user}, who comes to all it needs`);
  const { to, path, closed } = blocked;
  return warning(
    name,
    `nginx's workers run as ${user}, who may not enter ${closed} and so does not come to ${to} (${path})`,
    `let ${user} pass (chmod o+x ${closed}), or choose another place`,
  );
}

export interface TempFolder {
  path: string;
  room: FolderAccess;
}

/** nginx makes those that are missing, or says why not; those that are there it takes as they are. */
export function checkTempFolders(folders: TempFolder[]): Finding {
  const name = "temp folders";
  for (const { path, room } of folders) {
    if (room.kind !== "closed") continue;
    return warning(
      name,
      `nginx cannot write to ${path} (${room.why}), so that requests and answers that do not fit ` +
        "into memory fail",
      "let it write there, or set client_body_temp_path and proxy_temp_path",
    );
  }
  return ok(name, "nginx can write to its temp folders");
}
