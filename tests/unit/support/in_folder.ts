/** Runs a test in a temporary folder that every user may enter, and removes the folder afterwards. */
export async function inFolder(test: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "tandem-unit-" });
  Deno.chmodSync(folder, 0o755);
  try {
    await test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
