/** The reader of tandem's output stops reading, or goes away. */

import { withOutput } from "../../../support/outputs.ts";
import { ask } from "../../../support/traffic/http_client.ts";
import type { Fault, Preparation, Scene } from "../fault.ts";
import { isRelayed } from "../setup.ts";

/** More than the pipe and the buffers of tandem hold. */
const LINE = 200_000;
const LINES = 20;

function throughReader({ image, prefix }: Preparation): void {
  prefix.push(...withOutput({ kind: "pipe", image, stall: `${image.folder}/stall` }));
}

function stall({ image }: Scene): void {
  Deno.writeTextFileSync(`${image.folder}/stall`, "");
}

export const readerFaults: readonly Fault[] = [
  {
    name: "a reader that stalls, with a relay",
    applies: isRelayed,
    expects: {},
    prepare: throughReader,
    async inject(scene) {
      stall(scene);
      for (let count = 0; count < LINES; count++) {
        await ask(scene.image.port, `/invocations/line?bytes=${LINE}`);
      }
    },
  },
  {
    name: "a reader that stalls, without a relay",
    applies: (setup) => !isRelayed(setup),
    // The workers wait for the reader.
    expects: { losesRequests: true, cannotServe: true, holdsStop: true },
    prepare: throughReader,
    inject(scene) {
      stall(scene);
      ask(scene.image.port, `/invocations/line?bytes=${LINE}`).catch(() => {});
      return Promise.resolve();
    },
  },
  {
    name: "a reader of stdout that goes away",
    expects: {},
    prepare: throughReader,
    inject({ image }) {
      Deno.writeTextFileSync(`${image.folder}/stall.gone`, "");
      return Promise.resolve();
    },
  },
];
