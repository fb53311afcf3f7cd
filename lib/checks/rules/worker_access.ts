/** Rules on the paths that nginx's workers must reach. */

import type { FolderAccess } from "../../host/files/access.ts";
import { type Finding, ok, warning } from "./finding.ts";

export interface RequiredPath {
  /** Such as "gunicorn's socket". */
  purpose: string;
  path: string;
  /** The first of its parent folders that the user may not enter. */
  closedFolder: string | undefined;
}

export function checkWorkerAccess(user: string, required: RequiredPath[]): Finding {
  const name = "nginx's user";
  const blocked = required.find(({ closedFolder }) => closedFolder !== undefined);
  if (!blocked) {
    return ok(name, `nginx's workers run as ${user}, who can reach every required path`);
  }
  const { purpose, path, closedFolder } = blocked;
  return warning(
    name,
    `nginx's workers run as ${user}, who cannot enter ${closedFolder} and so cannot reach ${purpose} (${path})`,
    `allow it (chmod o+x ${closedFolder}), or choose another path`,
  );
}

export interface TempFolder {
  path: string;
  access: FolderAccess;
}

/** nginx creates a missing temp folder, and reports at its start if it cannot. It does not test an existing one. */
export function checkTempFolders(folders: TempFolder[]): Finding {
  const name = "temp folders";
  for (const { path, access } of folders) {
    if (access.kind !== "closed") continue;
    return warning(
      name,
      `nginx cannot write to ${path} (${access.why}), so requests and answers that do not fit ` +
        "into memory fail",
      "make that folder writable for nginx, or set client_body_temp_path and proxy_temp_path",
    );
  }
  return ok(name, "nginx can write to its temp folders");
}
