import assert from "node:assert/strict";
import { getStatus, isListening } from "../../../../lib/host/net/http.ts";

Deno.test("http: aborted while it connects, it closes the connection", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr as Deno.NetAddr;
  const abort = new AbortController();
  const status = getStatus({ transport: "tcp", hostname, port }, "/", abort.signal);
  abort.abort();
  await assert.rejects(status);
  using connection = await listener.accept();
  assert.equal(await connection.read(new Uint8Array(1)), null, "the end of the connection");
});

Deno.test({
  name: "http: a listener that takes no connection is found, within a bound",
  // The pending connect cannot be aborted.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const address = { transport: "tcp", hostname: "127.0.0.1" } as const;
    const listener = Deno.listen({ ...address, port: 0, tcpBacklog: 1 });
    const { port } = listener.addr as Deno.NetAddr;
    // With nobody who accepts, the kernel drops what asks for more.
    for (let client = 0; client < 4; client++) {
      Deno.connect({ ...address, port }).then((one) => one.close(), () => {});
    }
    const begin = performance.now();
    assert.equal(await isListening({ ...address, port }), true);
    const duration = performance.now() - begin;
    assert.ok(duration > 1000 && duration < 10_000, `${duration} ms`);
    listener.close();
    assert.equal(await isListening({ ...address, port }), false);
  },
});
