/** The pair that `check` runs beside, as in its container: the addresses that it serves on are no obstacle. */

import { findInstance } from "../host/state/instance.ts";
import type { Address } from "../plan/address.ts";

export interface OwnPair {
  pid: number;
  phase: string;
  /** gunicorn's. */
  socket: string;
  /** Of nginx. */
  listens: Address[];
}

/** @returns `undefined` if no tandem runs with that folder, or one of another container */
export function findOwnPair(stateDir: string): OwnPair | undefined {
  const found = findInstance(stateDir);
  return found.kind === "running" && found.reach !== "elsewhere" ? found.state : undefined;
}

export function servesOn({ listens }: OwnPair, address: Address): boolean {
  return listens.some((listen) => keyOf(listen) === keyOf(address));
}

function keyOf(address: Address): string {
  return address.transport === "unix"
    ? `unix:${address.path}`
    : `${address.hostname}:${address.port}`;
}
