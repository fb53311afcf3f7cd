/** The repository's root, without a slash at its end. */
export const repository = pathOf("../..").replace(/\/$/, "");

/** Where the fixtures lie that misbehave on purpose. */
export const fixtures = pathOf("./fixtures");

function pathOf(relative: string): string {
  return decodeURIComponent(new URL(relative, import.meta.url).pathname);
}
