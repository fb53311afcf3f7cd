/** Users by their names, and where they may go. */

export interface User {
  name: string;
  uid: number;
  gids: number[];
}

/** Nothing when no file here knows the name. */
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

/** The first folder on the way to a file that the user may not enter, by its mode; ACLs are not counted. */
export function firstClosedFolder(path: string, { uid, gids }: User): string | undefined {
  const names = path.split("/").slice(1, -1);
  const folders = ["/", ...names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`)];
  return uid === 0 ? undefined : folders.find((folder) => {
    try {
      const info = Deno.statSync(folder);
      const mode = info.mode ?? 0o777;
      const isOwner = info.uid === uid;
      const bits = isOwner ? mode >> 6 : gids.includes(info.gid ?? -1) ? mode >> 3 : mode;
      return (bits & 1) === 0;
    } catch {
      return false; // Not there, or not for this process to see: no reason to accuse it.
    }
  });
}

function entriesOf(path: string): string[][] {
  try {
    return Deno.readTextFileSync(path).split("\n").map((line) => line.split(":"));
  } catch {
    return [];
  }
}
