/** Clocks that step, or that are not what they seem. */

import assert from "node:assert/strict";
import { findTool } from "../../../support/machine/needs.ts";
import { pause, within } from "../../../support/waiting.ts";
import type { Fault } from "../fault.ts";
import { canMount, mountCommand } from "../private_mounts.ts";
import { fixtures, isSanitized } from "../setup.ts";

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

const STEPS = 5;

function setAhead(path: string, seconds: number): void {
  // In place: the processes have mapped the file.
  using file = Deno.openSync(path, { write: true, create: true });
  file.writeSync(new Uint8Array(new BigInt64Array([BigInt(seconds)]).buffer));
}

export const clockFaults: readonly Fault[] = [
  {
    name: "steps of the wall clock",
    // The slim edition is static, so that only its children see the steps. AddressSanitizer wants to be the first library.
    applies: (setup) => !isSanitized(setup) && findTool("gcc") !== undefined,
    expects: {},
    async prepare({ image, args, prefix }) {
      const library = `${image.folder}/stepped_clock.so`;
      const source = `${fixtures}/stepped_clock.c`;
      const options = ["-shared", "-fPIC", "-O1", "-o", library, source];
      const { success } = await new Deno.Command("gcc", { args: options }).output();
      assert.ok(success, `gcc ${source}`);
      const file = `${image.folder}/ahead`;
      setAhead(file, 0);
      prefix.push("env", `LD_PRELOAD=${library}`, `CLOCK_OFFSET_FILE=${file}`);
      // gunicorn's own limit of a worker counts by the wall clock.
      args.push("--timeout", "0");
    },
    async inject({ image, random }) {
      for (let step = 0; step < STEPS; step++) {
        setAhead(`${image.folder}/ahead`, random.between(-LONGEST, LONGEST));
        await pause(random.between(20, 200));
      }
    },
  },
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
