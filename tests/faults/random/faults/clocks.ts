/** Clocks that are not what they seem. */

import { within } from "../../../support/waiting.ts";
import { isRoot } from "../../../support/machine/needs.ts";
import type { Fault } from "../fault.ts";

/** In seconds; the kernel allows no clock below 0. */
const LONGEST = 10 * 365 * 24 * 3600;

/** Makes a time namespace, which lasts as long as this process. */
async function makeTimeNamespace(monotonic: number, boot: number, undo: AsyncDisposableStack) {
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
  reader.releaseLock();
  undo.defer(() => holder.stdout.cancel());
  return new TextDecoder().decode(value).trim();
}

export const clockFaults: readonly Fault[] = [
  {
    name: "clocks of another time namespace",
    applies: () => isRoot,
    moment: "start",
    expects: {},
    async prepare({ prefix, random, undo }) {
      const [monotonic, boot] = [random.between(0, LONGEST), random.between(0, LONGEST)];
      const pid = await makeTimeNamespace(monotonic, boot, undo);
      prefix.push("nsenter", `--time=/proc/${pid}/ns/time`, "--");
    },
    inject: () => Promise.resolve(),
  },
];
