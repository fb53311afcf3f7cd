/** Gives a test a folder of its own, which goes with it. */
export function inFolder(test: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "tandem-unit-" });
  try {
    test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
