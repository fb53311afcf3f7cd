import assert from "node:assert/strict";
import { getStatus } from "../../../../lib/host/net/http.ts";

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
