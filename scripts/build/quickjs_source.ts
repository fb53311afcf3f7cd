// The tarball of QuickJS: which one, and where it comes from.
// deno-lint-ignore-file no-console -- a script prints

import { join } from "node:path";
import { fetchSource } from "../debian.ts";
import { BuildError, ignoreNotFound, sha256 } from "./denort.ts";
import { root } from "../imports.ts";

const EX_UNAVAILABLE = 69;

/** The release of Debian 13; the newest C sources on npm are of 2021. */
export const quickjsSource = {
  name: "quickjs",
  version: "2025-04-26",
  file: "quickjs_2025.04.26.orig.tar.xz",
  sha256: "ec81da5b3249ed648dbc7df4a1654988910e66a118d9b71cb63534216efcfbbe",
};

/**
 * QUICKJS_TARBALL, else that of a source archive, else the one in the cache, else the one that Debian has.
 * @param folder for what is fetched @returns its path @throws {BuildError} if it is not the expected one
 */
export async function prepareTarball(cache: string, folder: string): Promise<string> {
  const kept = join(cache, quickjsSource.file);
  const given = Deno.env.get("QUICKJS_TARBALL");
  const places = given ? [given] : [join(root, "vendor", quickjsSource.file), kept];
  for (const path of places) if (await isTarball(path)) return path;
  if (!given) {
    console.error(`build: fetching the sources of QuickJS ${quickjsSource.version} from Debian`);
    await fetchSource(quickjsSource.name, folder).catch((error: Error) => {
      const hint = `get ${quickjsSource.file} elsewhere and set QUICKJS_TARBALL to its path`;
      throw new BuildError(`${error.message}; or ${hint}`, EX_UNAVAILABLE);
    });
    const fetched = join(folder, quickjsSource.file);
    if (await isTarball(fetched)) {
      await Deno.rename(fetched, kept);
      return kept;
    }
  }
  const what = given ?? quickjsSource.file;
  throw new BuildError(
    `${what} is missing or has another checksum than expected: use the tarball of Debian 13`,
    EX_UNAVAILABLE,
  );
}

async function isTarball(path: string): Promise<boolean> {
  const bytes = await Deno.readFile(path).catch(ignoreNotFound);
  return bytes !== undefined && await sha256(bytes) === quickjsSource.sha256;
}
