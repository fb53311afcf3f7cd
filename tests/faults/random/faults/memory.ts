/** The kernel kills for want of memory. */

import { makeControlGroup } from "../../../support/machine/control_group.ts";
import { ask } from "../../../support/traffic/http_client.ts";
import type { Fault } from "../fault.ts";

const LIMIT = 600e6;
const limits = {
  1: { "memory.limit_in_bytes": `${LIMIT}` },
  2: { "memory.max": `${LIMIT}`, "memory.swap.max": "0" },
};

const canLimit = await (async () => {
  await using group = makeControlGroup("memory", limits);
  return group !== undefined;
})();

export const memoryFaults: readonly Fault[] = [
  {
    name: "out of memory",
    applies: () => canLimit,
    // The kernel may choose the master.
    expects: { losesRequests: true, ends: [137], mayServeOn: true },
    prepare({ prefix, undo }) {
      const group = undo.use(makeControlGroup("memory", limits)!);
      prefix.push("sh", "-c", 'echo $$ >"$0" && exec "$@"', group.joinFile);
    },
    async inject({ image }) {
      await ask(image.port, `/invocations/hog?bytes=${2 * LIMIT}`).catch(() => {});
    },
  },
];
