/** tandem is started once more on the same image. */

import assert from "node:assert/strict";
import { SCHEDULING_MS } from "../../../support/waiting.ts";
import type { Fault } from "../fault.ts";
import { commandFor } from "../setup.ts";

const REFUSED = 78;
const GRACE_SECONDS = 5;

export const secondStartFaults: readonly Fault[] = [
  {
    name: "a second start",
    expects: {},
    async inject({ harness, image, setup }) {
      const command = commandFor(image, setup, GRACE_SECONDS);
      const second = await harness.start({ image, command });
      const { code } = await second.exit(2 * SCHEDULING_MS);
      assert.equal(code, REFUSED, `the second start is refused: ${second.story}`);
    },
  },
];
