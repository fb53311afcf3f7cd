/** Clocks that are not what they seem. */

import { within } from "../../../support/waiting.ts";
import type { Fault } from "../fault.ts";
import { canMount, mountCommand } from "../private_mounts.ts";

/** In seconds; the kernel allows no clock below 0. */
const LONGEST = 10 * 365 * 24 * 3600;

/** Makes a time namespace at a path. */
async function makeTimeNamespace(
  path: string,
  [monotonic, boot]: readonly [number, number],
  undo: AsyncDisposableStack,
): Promise<void> {
  const holder = new Deno.Command("unshare", {
    args: [
      ...["--time", `--monotonic=${monotonic}`, `--boottime=${boot}`, "--fork", "--kill-child"],
      ...["sh", "-c", "echo $$; exec sleep 1000"],
    ],
    stdout: "piped",
    stdin: "null",
  }).spawn();
  undo.defer(async () => {
    holder.kill("SIGKILL");
    await holder.status;
  });
  const reader = holder.stdout.getReader();
  const { value } = await within(10_000, "a time namespace", reader.read());
  await reader.cancel();
  const pid = new TextDecoder().decode(value).trim();
  // A pid namespace hides the process.
  Deno.writeTextFileSync(path, "");
  await mountCommand("mount", "--bind", `/proc/${pid}/ns/time`, path);
  undo.defer(() => mountCommand("umount", "--lazy", path));
}

export const clockFaults: readonly Fault[] = [
  {
    name: "clocks of another time namespace",
    applies: () => canMount,
    moment: "start",
    expects: {},
    async prepare({ image, prefix, random, undo }) {
      const path = `${image.folder}/time`;
      await makeTimeNamespace(path, [random.between(0, LONGEST), random.between(0, LONGEST)], undo);
      prefix.push("nsenter", `--time=${path}`, "--");
    },
    inject: () => Promise.resolve(),
  },
];
