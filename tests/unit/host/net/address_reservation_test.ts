import assert from "node:assert/strict";
import { reserveAddresses } from "../../../../lib/host/net/address_reservation.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import type { Address } from "../../../../lib/plan/address.ts";
import { reservePort } from "../../../support/machine/ports.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const canListenOnIpv6 = isFree("::1", 0);

function isFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch {
    return false;
  }
}

const cases: [reserved: string, listensOn: string[], isIpv6?: boolean][] = [
  ["127.0.0.1", ["127.0.0.1", "0.0.0.0"]],
  ["127.0.0.5", ["127.0.0.5", "0.0.0.0"]],
  ["a-name", ["127.0.0.1", "127.0.0.5", "0.0.0.0"]],
  ["localhost", ["127.0.0.1", "0.0.0.0"]],
  ["localhost", ["::1", "::"], true],
  ["0:0:0:0:0:0:0:1", ["::1", "::"], true],
  ["::1", ["::1", "::"], true],
  ["a-name", ["::1", "::"], true],
];

for (const [hostname, listensOn, isIpv6] of cases) {
  Deno.test({
    name: `reservation: while ${hostname} is reserved nobody listens on ${listensOn.join(" or ")}`,
    ignore: isIpv6 && !canListenOnIpv6,
    fn() {
      using port = reservePort();
      {
        using _held = reserveAddresses([{ transport: "tcp", hostname, port: port.number }]);
        for (const host of listensOn) assert.equal(isFree(host, port.number), false, host);
      }
      for (const host of listensOn) assert.ok(isFree(host, port.number), `${host}, afterwards`);
    },
  });
}

Deno.test("reservation: a port in use stays with its owner", () => {
  using owner = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = owner.addr as Deno.NetAddr;
  reserveAddresses([{ transport: "tcp", hostname: "127.0.0.1", port }])[Symbol.dispose]();
  assert.equal(isFree("127.0.0.1", port), false);
});

function withPath(test: (path: string, address: Address) => void): void {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/nginx.sock`;
  try {
    test(path, { transport: "unix", path });
    assert.deepEqual([...Deno.readDirSync(folder)], [], "nothing is left");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("reservation: nobody listens on a reserved path, which is free afterwards", () =>
  withPath((path, address) => {
    {
      using _held = reserveAddresses([address]);
      assert.throws(() => Deno.listen({ transport: "unix", path }), Deno.errors.AddrInUse);
    }
    Deno.listen({ transport: "unix", path }).close(); // Which also removes the path.
  }));

Deno.test("reservation: a file of somebody else stays where the path was", () =>
  withPath((path, address) => {
    {
      using _held = reserveAddresses([address]);
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "precious");
    }
    assert.equal(Deno.readTextFileSync(path), "precious");
    {
      using _held = reserveAddresses([address]);
    }
    assert.equal(Deno.readTextFileSync(path), "precious");
    Deno.removeSync(path);
  }));

Deno.test("reservation: paths that cannot be bound are skipped", () =>
  withPath((path) => {
    const paths = [`${path}/missing`, `${path}${"x".repeat(200)}`];
    reserveAddresses(paths.map((path) => ({ transport: "unix" as const, path })))[Symbol.dispose]();
  }));
