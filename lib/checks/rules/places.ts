/** Files and folders that a start needs. */

import type { FolderAccess, SocketState } from "../../host/files/access.ts";
import { failed, type Finding, ok, warning } from "./finding.ts";

export function checkInstance(pid: number | undefined, stateDir: string): Finding {
  return pid === undefined ? ok("instance", `no other tandem on ${stateDir}`) : failed(
    "instance",
    `tandem runs already (pid ${pid})`,
    "stop it, or give this one its own --state-dir",
  );
}

export function checkConfFile(path: string, isReadable: boolean): Finding {
  return isReadable
    ? ok("nginx.conf", path)
    : failed("nginx.conf", `cannot read ${path}`, "correct --nginx-conf");
}

export function checkChdir(path: string, isThere: boolean): Finding {
  return isThere
    ? ok("chdir", path)
    : failed("chdir", `there is no folder ${path}`, "correct --chdir");
}

export function checkSocketFolder(folder: string, room: FolderAccess): Finding {
  switch (room.kind) {
    case "writable":
      return ok("socket folder", `${folder} can be written to`);
    case "missing":
      return failed(
        "socket folder",
        `there is no folder ${folder} for gunicorn's socket`,
        "make it, or correct --socket",
      );
    case "closed":
      return failed(
        "socket folder",
        `cannot write to ${folder} (${room.why}), where gunicorn makes its socket`,
        "correct --socket",
      );
  }
}

export function checkSocket(path: string, there: SocketState): Finding {
  switch (there.kind) {
    case "nothing":
      return ok("socket", `${path} is free`);
    case "stale":
      return ok("socket", `${path} is stale, left by an earlier run: gunicorn replaces it`);
    case "live":
      return failed(
        "socket",
        `something answers on ${path} already (${there.holder})`,
        "stop it, or choose another --socket",
      );
    case "stale, another's":
      return failed(
        "socket",
        `${path} is stale and belongs to ${there.owner}, so that gunicorn cannot replace it`,
        "remove it, or choose another --socket",
      );
    case "no socket":
      return failed(
        "socket",
        `${path} is there and no socket, so that gunicorn cannot make its own`,
        "remove it, or choose another --socket",
      );
  }
}

/** @param room of the folder itself, or of the nearest one above it that is there */
export function checkStateFolder(folder: string, room: FolderAccess, needsConf: boolean): Finding {
  if (room.kind === "writable") return ok("state", `${folder} can be written to`);
  const why = room.kind === "closed" ? ` (${room.why})` : "";
  return needsConf
    ? failed(
      "state",
      `cannot keep state in ${folder}${why}, where the built-in nginx.conf goes too`,
      "name another folder with --state-dir",
    )
    : warning(
      "state",
      `cannot keep state in ${folder}${why}, so that status, reload and stop will not find this run`,
      "name another folder with --state-dir",
    );
}

export function checkNotificationFd(fd: number, isOpen: boolean): Finding {
  return isOpen ? ok("notification fd", `descriptor ${fd} is open`) : failed(
    "notification fd",
    `--notification-fd: descriptor ${fd} is not open`,
    "have whoever starts tandem open it, or leave the flag out",
  );
}
