/** Runs programs in the namespaces of a launcher, as `docker exec` does. */

import type { Launch } from "../harness/launch.ts";

export function inside(
  launch: Launch,
  program: string[],
  stdin: "null" | "piped" = "null",
): Deno.Command {
  const { benchFolder, pid, image } = launch;
  return new Deno.Command("nsenter", {
    args: ["--target", `${pid}`, "--pid", "--mount", ...program],
    cwd: image.program,
    clearEnv: true,
    env: benchFolder.environment("nginx and gunicorn"),
    stdin,
    stdout: "piped",
  });
}
