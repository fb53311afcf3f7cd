/** Makes folders that every user can reach, such as `nobody` and the user of nginx's workers. */

/** With the tester's own umask, `nobody` might not reach the tests' files. */
Deno.umask(0o022);

const ENTER = 0o001;
export const READ_AND_RUN = 0o005;

/** Whether other users can enter each folder above an absolute path. */
export function isReachable(path: string): boolean {
  const names = path.split("/").slice(1, -1);
  const folders = names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
  return folders.every((folder) => othersMay(ENTER, folder));
}

export function isExecutableByOthers(path: string): boolean {
  return isReachable(path) && othersMay(READ_AND_RUN, path);
}

/** Makes a folder that other users can enter: below /tmp if they cannot enter the tester's temp folder. */
export function makeOpenFolder(): string {
  const prefix = "tandem-e2e-";
  const folder = Deno.makeTempDirSync({ prefix });
  if (!isReachable(folder)) {
    Deno.removeSync(folder);
    return open(Deno.makeTempDirSync({ prefix, dir: "/tmp" }));
  }
  return open(folder);
}

function open(folder: string): string {
  Deno.chmodSync(folder, 0o755);
  return folder;
}

/** @param bits mode bits for others, such as 0o005 */
export function othersMay(bits: number, path: string): boolean {
  return ((Deno.statSync(path).mode ?? 0) & bits) === bits;
}
