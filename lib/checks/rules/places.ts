/** Rules on the files, folders and descriptors that a start needs. */

import type { FolderAccess, SocketState } from "../../host/files/access.ts";
import type { StateFolder } from "../../host/state/folder.ts";
import { failed, type Finding, ok, warning } from "./finding.ts";

/** @param holder the tandem that runs with this state folder: "pid 12" */
/** @param isClosed whether another user's lock keeps tandem from finding out; the rule on the folder says more */
export function checkInstance(
  holder: string | undefined,
  stateDir: string,
  isClosed = false,
): Finding {
  if (holder !== undefined) {
    return failed(
      "instance",
      `tandem already runs with ${stateDir} (${holder})`,
      "stop it, or choose another --state-dir",
    );
  }
  return ok(
    "instance",
    isClosed
      ? `a tandem of another user may run with ${stateDir}: its lock cannot be read`
      : `no other tandem runs with ${stateDir}`,
  );
}

/** @param own the pair that is checked while it runs */
export function checkOwnInstance(
  { phase, pid }: { phase: string; pid: number },
): Finding {
  return ok("instance", `${phase} as pid ${pid}; port and socket are its own`);
}

/** To open a FIFO would wait for a writer, and nginx reads its conf more than once. */
export function checkConfFile(path: string, isReadable: boolean, isRegular: boolean): Finding {
  if (isReadable && isRegular) return ok("nginx.conf", path);
  const found = isReadable ? `${path} is not a regular file` : `cannot read ${path}`;
  return failed("nginx.conf", found, "correct --nginx-conf");
}

export function checkChdir(path: string, isFolder: boolean): Finding {
  return isFolder
    ? ok("chdir", path)
    : failed("chdir", `there is no folder ${path}`, "correct --chdir");
}

export function checkSocketFolder(folder: string, access: FolderAccess): Finding {
  switch (access.kind) {
    case "writable":
      return ok("socket folder", `${folder} is writable`);
    case "missing":
      return failed(
        "socket folder",
        `there is no folder ${folder} for gunicorn's socket`,
        "create it, or correct --socket",
      );
    case "closed":
      return failed(
        "socket folder",
        `cannot create gunicorn's socket in ${folder} (${access.why})`,
        "make that folder writable for tandem, or change --socket",
      );
  }
}

/** The socket of the pair that is checked while it runs, or what is there now. */
export type CheckedSocket = SocketState | { kind: "own"; pid: number };

export function checkSocket(path: string, state: CheckedSocket): Finding {
  switch (state.kind) {
    case "own":
      return ok("socket", `${path} is the socket of pid ${state.pid}`);
    case "nothing":
      return ok("socket", `${path} is free`);
    case "stale":
      return ok("socket", `${path} is stale, left by an earlier run: gunicorn replaces it`);
    case "live":
      return failed(
        "socket",
        `${path} is in use (${state.holder})`,
        "stop that process, or choose another --socket",
      );
    case "stale, another's":
      return failed(
        "socket",
        `${path} is stale and belongs to ${state.owner}, so gunicorn cannot replace it`,
        "remove it, or choose another --socket",
      );
    case "no socket":
      return failed(
        "socket",
        `${path} exists and is not a socket, so gunicorn cannot replace it`,
        "remove it, or choose another --socket",
      );
  }
}

/**
 * A stranger's folder is refused even without the built-in nginx.conf: it is not tandem's to write to.
 * @param access of the folder, or of its nearest parent that exists
 * @param needsConf whether the built-in nginx.conf is written to it
 */
export function checkStateFolder(
  folder: string,
  access: StateFolder,
  needsConf: boolean,
): Finding {
  const fix = "choose another --state-dir";
  switch (access.kind) {
    case "writable":
      return ok("state", `${folder} is writable`);
    case "another's":
      return failed(
        "state",
        `the state folder ${folder} belongs to ${access.owner}, who could replace tandem's files`,
        fix,
      );
    case "open": {
      const found = `other users could replace tandem's files in ${folder} (mode ${access.mode})`;
      return access.isMount
        ? warning("state", found, `mount it with mode 0755 or 1777, or ${fix}`)
        : failed("state", found, `run chmod +t ${folder}, or ${fix}`);
    }
    case "occupied":
      return failed("state", `${access.path} was not made by tandem`, `move it, or ${fix}`);
  }
  const why = access.kind === "closed" ? ` (${access.why})` : "";
  return needsConf
    ? failed(
      "state",
      `cannot keep state in ${folder}${why}, which the built-in nginx.conf needs too`,
      fix,
    )
    : warning(
      "state",
      `cannot keep state in ${folder}${why}, so status, reload and stop will not find this run`,
      fix,
    );
}

export function checkNotificationFd(fd: number, isOpen: boolean): Finding {
  return isOpen ? ok("notification fd", `descriptor ${fd} is open`) : failed(
    "notification fd",
    `--notification-fd: descriptor ${fd} is not open`,
    "open it in the process that starts tandem, or remove the flag",
  );
}
