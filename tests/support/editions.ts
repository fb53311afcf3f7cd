/** The executables that every end-to-end test runs on. */

import { repository } from "./paths.ts";

export interface Edition {
  name: string;
  path: string;
}

const dist = `${repository}/dist`;

/** An edition that must be there, and one that is tested as soon as it is. */
const built: { path: string; required: boolean }[] = [
  { path: `${dist}/tandem`, required: true },
  { path: `${dist}/tandem-slim`, required: false },
];

/** `TANDEM_EDITIONS=path,path` puts other builds through the same tests: a sanitizer's, another processor's. */
export const editions: Edition[] = (named() ?? standard()).map((path) => ({
  name: path.slice(path.lastIndexOf("/") + 1),
  path,
}));

function named(): string[] | undefined {
  const paths = Deno.env.get("TANDEM_EDITIONS")?.split(",").filter(Boolean);
  return paths?.map((path) => Deno.realPathSync(path));
}

function standard(): string[] {
  return built.filter(({ path, required }) => required || exists(path)).map(({ path }) => path);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
