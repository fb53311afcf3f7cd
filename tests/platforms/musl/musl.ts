/** A userland of musl, without glibc: only the slim edition runs there. */

import assert from "node:assert/strict";
import { BuildError } from "../../../scripts/build/denort.ts";
import type { Edition } from "../../support/editions.ts";
import { exists } from "../../support/image.ts";
import { findTool, isRoot } from "../../support/machine/needs.ts";
import { until } from "../../support/waiting.ts";
import type { Figures, Platform } from "../platform.ts";
import { RequestsInFlight } from "../requests_in_flight.ts";
import { VERSIONS } from "./build.ts";
import { prepareMuslRoot } from "./root.ts";
import { MuslRun, STATE_DIR } from "./musl_run.ts";

const IN_FLIGHT = 64;
const PATIENCE_MS = 60_000;

/** Of `chroot`, for an executable whose dynamic linker is not there. */
const NOT_FOUND = 127;

let root = "";

export const musl: Platform = {
  name: "musl",
  trials: [{ name: "start, a stop with 64 requests in flight", run: startAndStop }],
  async prepare() {
    if (!isRoot) return { kind: "ignored", reason: "needs root" };
    const tool = ["musl-gcc", "make", "unshare", "setpriv"].find((tool) => !findTool(tool));
    if (tool) return { kind: "ignored", reason: `needs ${tool}` };
    try {
      root = await prepareMuslRoot();
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      return { kind: "ignored", reason: error.message };
    }
    return { kind: "ready", version: `${VERSIONS}, static, on musl` };
  },
};

async function startAndStop(edition: Edition): Promise<Figures> {
  await using run = new MuslRun(root, edition);
  if (needsGlibc(edition)) {
    assert.equal(await run.ended(), NOT_FOUND, run.output.tail);
    return { remarks: "does not start: needs glibc" };
  }
  await run.serving();
  const requests = new RequestsInFlight(run.port, "/invocations", IN_FLIGHT);
  const arrived = `${run.path(STATE_DIR)}/arrived`;
  await until(
    PATIENCE_MS,
    `${IN_FLIGHT} requests in the app`,
    () => exists(arrived) && Deno.readTextFileSync(arrived).split("\n").length > IN_FLIGHT,
  );
  run.stop();
  await run.output.line(/tandem: .*SIGTERM/, PATIENCE_MS);
  Deno.writeTextFileSync(`${run.path(STATE_DIR)}/answer`, "");
  const figures = await requests.allAnswered();
  assert.equal(await run.ended(), 0, run.output.tail);
  return { ...figures, remarks: "exit 0" };
}

function needsGlibc({ path }: Edition): boolean {
  using file = Deno.openSync(path);
  const head = new Uint8Array(4096);
  file.readSync(head);
  return new TextDecoder().decode(head).includes("ld-linux");
}
