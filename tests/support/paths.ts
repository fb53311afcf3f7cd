/** The repository's root, without a trailing slash. */
export const repository = pathOf("../..").replace(/\/$/, "");

/** The folder of apps and scripts that tests run. */
export const fixtures = pathOf("./fixtures");

function pathOf(relative: string): string {
  return decodeURIComponent(new URL(relative, import.meta.url).pathname);
}
