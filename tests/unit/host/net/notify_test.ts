import assert from "node:assert/strict";
import { type NotifyRequest, readNotifyRequest } from "../../../../lib/host/net/notify.ts";

const NAMES = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "INVOCATION_ID"];

function readWith(variables: Record<string, string>): NotifyRequest | undefined {
  const before = NAMES.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of NAMES) Deno.env.delete(name);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    return readNotifyRequest();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

const own = `${Deno.pid}`;
const bare: NotifyRequest = { socket: "/n", watchdog: undefined, mainPid: undefined };

const cases: [variables: Record<string, string>, request: NotifyRequest | undefined][] = [
  [{}, undefined],
  [{ NOTIFY_SOCKET: "", WATCHDOG_USEC: "1000" }, undefined],
  [{ NOTIFY_SOCKET: "/n" }, bare],
  [{ NOTIFY_SOCKET: "@n", INVOCATION_ID: "a" }, { ...bare, socket: "@n", mainPid: Deno.pid }],
  [{ NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "30000000" }, { ...bare, watchdog: 30_000 }],
  [{ NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "5000", WATCHDOG_PID: own }, { ...bare, watchdog: 5 }],
  [{ NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "5000", WATCHDOG_PID: "1" }, bare],
  [{ NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "soon" }, bare],
  [{ NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "18446744073709551615" }, {
    ...bare,
    watchdog: 86_400_000,
  }],
];

for (const [variables, request] of cases) {
  Deno.test(`notify: ${JSON.stringify(variables).replace(own, "own pid")}`, () => {
    assert.deepEqual(readWith(variables), request);
  });
}
