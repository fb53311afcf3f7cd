/** The Dockerfiles of deploy/docker/ under podman with runc, on the base of the matrix's root file system. */

import { prepareRoot } from "../../matrix/roots.ts";
import type { Platform, Prepared } from "../platform.ts";
import { endTrials } from "./end_trials.ts";
import { Engine } from "./engine.ts";
import { BASE, Images } from "./images.ts";
import { lifeTrials } from "./life_trials.ts";
import { limitTrials } from "./limit_trials.ts";

/** What each trial uses; made once. */
export interface Workshop {
  engine: Engine;
  images: Images;
}

let workshop: Workshop | undefined;

/** @throws {Error} before `prepare` */
function prepared(): Workshop {
  if (workshop) return workshop;
  throw new Error("podman is not prepared");
}

async function prepare(): Promise<Prepared> {
  const engine = await Engine.start();
  if (typeof engine === "string") return { kind: "ignored", reason: engine };
  const root = await prepareRoot("bookworm");
  if (root.kind === "ignored") return root;
  await engine.import(root.path, BASE);
  workshop = { engine, images: new Images(engine) };
  const version = await engine.done("--version");
  return { kind: "ready", version: version.replace(" version", "") };
}

export const podman: Platform = {
  name: "podman",
  prepare,
  trials: [...lifeTrials(prepared), ...endTrials(prepared), ...limitTrials(prepared)],
};
