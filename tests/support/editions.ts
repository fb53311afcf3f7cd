/** The executables that every end-to-end test runs on. */

import { repository } from "./paths.ts";

export interface Edition {
  name: string;
  path: string;
}

const dist = `${repository}/dist`;

const built = [`${dist}/tandem`, `${dist}/tandem-slim`];

/** `TANDEM_EDITIONS=path,path` puts other builds through the same tests: a sanitizer's, another processor's. */
export const editions: Edition[] = (named() ?? built).map((path) => ({
  name: path.slice(path.lastIndexOf("/") + 1),
  path,
}));

function named(): string[] | undefined {
  const paths = Deno.env.get("TANDEM_EDITIONS")?.split(",").filter(Boolean);
  return paths?.map((path) => Deno.realPathSync(path));
}
