/** The executables that every end-to-end test runs on. */

import {
  isExecutableByOthers,
  makeOpenFolder,
  othersMay,
  READ_AND_RUN,
} from "./machine/open_folder.ts";
import { repository } from "./paths.ts";

export interface Edition {
  name: string;
  path: string;
}

const dist = `${repository}/dist`;

const built = [`${dist}/tandem`, `${dist}/tandem-slim`];

/** `TANDEM_EDITIONS=path,path` runs the same tests on other builds, such as sanitized or arm64 ones. */
export const editions: Edition[] = executableByAll(named() ?? built).map((path) => ({
  name: nameOf(path),
  path,
}));

function named(): string[] | undefined {
  const paths = Deno.env.get("TANDEM_EDITIONS")?.split(",").filter(Boolean);
  return paths?.map((path) => Deno.realPathSync(path));
}

/** Copies the executables if `nobody`, as whom some tests run tandem, cannot reach them, as below /root. */
function executableByAll(paths: string[]): string[] {
  if (paths.every(isExecutableByOthers)) return paths;
  const folder = makeOpenFolder();
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  return paths.map((path, index) => {
    const copy = `${folder}/${index}/${nameOf(path)}`;
    linkOrCopy(path, copy);
    // The script `arm64` starts the build beside it.
    if (nameOf(path) === "arm64") {
      linkOrCopy(`${dist}/tandem-slim-arm64`, `${folder}/${index}/tandem-slim-arm64`);
    }
    return copy;
  });
}

/** A hard link costs nothing, but needs the same file system and shares the mode of the original. */
function linkOrCopy(from: string, to: string): void {
  Deno.mkdirSync(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  if (othersMay(READ_AND_RUN, from)) {
    try {
      return Deno.linkSync(from, to);
    } catch {
      // The copy is on another file system.
    }
  }
  Deno.copyFileSync(from, to);
  Deno.chmodSync(to, 0o755);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
