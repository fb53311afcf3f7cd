/** Tells the socket that this run's gunicorn made from another one at its path. */

import type { SocketLoss } from "../../plan/address.ts";
import { exists, lstatIfExists } from "../system/if_exists.ts";

export interface SocketWatch {
  /** To be called once gunicorn has accepted a connection. @returns what identifies its socket */
  see(): string | undefined;
  /** `undefined` if all is well, or nothing was seen yet. */
  loss(): SocketLoss | undefined;
  /** After gunicorn's end: whether its socket is still there. */
  isLeft(): boolean;
}

export function watchSocket(path: string): SocketWatch {
  const before = identifySocket(path);
  let own: string | undefined;
  return {
    see: () => own ??= identifySocket(path),
    loss: () => own === undefined ? undefined : lostSocket(path, own),
    isLeft() {
      const current = identifySocket(path);
      if (current === undefined) return false;
      // A gunicorn that was killed before it was seen made the one that was not there at the start.
      return own === undefined ? current !== before : current === own;
    },
  };
}

/** @param identity of `identifySocket` */
export function lostSocket(path: string, identity: string): SocketLoss | undefined {
  const current = identifySocket(path);
  if (current === identity) return undefined;
  return current === undefined ? "gone" : "replaced";
}

/** `undefined` if there is no socket, or a link that leads nowhere. The time counts too, because a later file can get the same inode. */
function identifySocket(path: string): string | undefined {
  const entry = exists(path) ? lstatIfExists(path) : undefined;
  if (!entry || entry.isFile || entry.isDirectory) return undefined;
  return `${entry.dev}:${entry.ino}:${entry.mtime?.getTime()}`;
}
