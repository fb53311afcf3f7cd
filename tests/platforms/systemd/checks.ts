/** What several trials do with a unit. */

import assert from "node:assert/strict";
import { exists } from "../../support/image.ts";
import { until } from "../../support/waiting.ts";
import { RequestsInFlight } from "../requests_in_flight.ts";
import { BUSY_MS, type Machine } from "./machine.ts";

export async function isState(machine: Machine, unit: string, state: string): Promise<void> {
  const isThere = async () => await machine.show(unit, "ActiveState") === state;
  await until(BUSY_MS, `${unit} to be ${state}`, isThere);
}

/** Starts the unit, which has to answer at once when `systemctl start` returns. */
export async function start(machine: Machine, unit: string, stateDir: string): Promise<void> {
  await machine.systemctl("start", unit);
  assert.equal(await machine.ready(stateDir), 200, "the answer when systemctl start returns");
  assert.match(await machine.show(unit, "StatusText"), /^serving, ready in /);
}

/** Requests that wait in the app until `answer` is called. */
export async function sendInFlight(
  machine: Machine,
  stateDir: string,
  count: number,
): Promise<{ requests: RequestsInFlight; answer: () => void }> {
  const folder = machine.path(stateDir);
  const requests = new RequestsInFlight(`${folder}/nginx.sock`, "/invocations", count);
  const arrived = () => {
    const path = `${folder}/arrived`;
    return exists(path) && Deno.readTextFileSync(path).split("\n").length - 1 >= count;
  };
  await until(BUSY_MS, `${count} requests in the app`, arrived);
  return { requests, answer: () => Deno.writeTextFileSync(`${folder}/answer`, "") };
}

/** Removes what earlier requests left. */
export function forgetRequests(machine: Machine, stateDir: string): void {
  for (const name of ["arrived", "answer"]) {
    const path = machine.path(`${stateDir}/${name}`);
    if (exists(path)) Deno.removeSync(path);
  }
}
