/** Users of /etc/passwd and /etc/group, and the folders that they may enter. */

import { readTextIfExists, statIfExists } from "./if_exists.ts";

export interface User {
  name: string;
  uid: number;
  gids: number[];
}

/** `undefined` if /etc/passwd has no such name; other sources, such as LDAP, are not asked. */
export function findUser(name: string): User | undefined {
  const entry = entriesOf("/etc/passwd").find((fields) => fields[0] === name);
  if (!entry) return undefined;
  const others = entriesOf("/etc/group").filter((fields) => fields[3]?.split(",").includes(name));
  return {
    name,
    uid: Number(entry[2]),
    gids: [Number(entry[3]), ...others.map((fields) => Number(fields[2]))],
  };
}

export function nameOfUser(uid: number): string {
  const entry = entriesOf("/etc/passwd").find((fields) => fields[2] === `${uid}`);
  return entry?.[0] ?? `uid ${uid}`;
}

/** The outermost folder above a file that the user may not enter, by its mode; ACLs are not counted. */
export function firstClosedFolder(path: string, { uid, gids }: User): string | undefined {
  const names = path.split("/").slice(1, -1);
  const folders = ["/", ...names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`)];
  return uid === 0 ? undefined : folders.find((folder) => {
    const info = statIfExists(folder);
    // A folder that this process cannot see may well be open to that user.
    if (!info) return false;
    const mode = info.mode ?? 0o777;
    const isOwner = info.uid === uid;
    const bits = isOwner ? mode >> 6 : gids.includes(info.gid ?? -1) ? mode >> 3 : mode;
    return (bits & 1) === 0;
  });
}

function entriesOf(path: string): string[][] {
  return (readTextIfExists(path) ?? "").split("\n").map((line) => line.split(":"));
}
