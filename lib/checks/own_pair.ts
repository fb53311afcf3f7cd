/** The pair that `check` runs beside, as in its container: the addresses that it serves on are no obstacle. */

import { findInstance } from "../host/state/instance.ts";
import type { Address } from "../plan/address.ts";
import type { Settings } from "../plan/settings.ts";

export interface OwnPair {
  pid: number;
  phase: string;
  /** Of nginx. */
  listens: Address[];
}

/** @returns `undefined` if no tandem runs with that folder and socket, or one that cannot be seen */
export function findOwnPair({ stateDir, socket }: Settings): OwnPair | undefined {
  const found = findInstance(stateDir);
  if (found.kind !== "running" || found.reach !== "visible") return undefined;
  return found.state.socket === socket ? found.state : undefined;
}
