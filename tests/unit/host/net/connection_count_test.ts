import assert from "node:assert/strict";
import {
  countConnected,
  countConnections,
  countEstablished,
} from "../../../../lib/host/net/connection_count.ts";
import { parseTcpSockets, parseUnixSockets } from "../../../../lib/host/net/socket_tables.ts";
import { inFolder } from "../../support/in_folder.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const entry = (local: string, remote: string, state: string) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1\n`;

Deno.test("connections: established ones on the port are counted once, by the server's end", () => {
  const sockets = parseTcpSockets(
    HEAD +
      entry("00000000:1F90", "00000000:0000", "0A") +
      entry("0100007F:1F90", "0100007F:C350", "01") +
      entry("0100007F:C350", "0100007F:1F90", "01") +
      entry("0100007F:1F90", "0100007F:C352", "06") +
      entry("0100007F:1F91", "0100007F:C354", "01") +
      entry("0200000A:1F90", "0300000A:0050", "01"),
  );

  assert.equal(countEstablished(sockets, new Set([8080])), 2);
  assert.equal(countEstablished(sockets, new Set([8080, 8081])), 3);
  assert.equal(countEstablished(sockets, new Set([80])), 0);
  assert.equal(countEstablished(parseTcpSockets(HEAD), new Set([8080])), 0);
});

Deno.test("connections: IPv6 counts too", () => {
  const zero = "00000000000000000000000000000000";
  const one = "00000000000000000000000001000000";
  const table = HEAD + entry(`${zero}:1F90`, `${zero}:0000`, "0A") +
    entry(`${one}:1F90`, `${one}:C350`, "01");

  assert.equal(countEstablished(parseTcpSockets(table), new Set([8080])), 1);
});

Deno.test("connections: accepted ones of a unix socket, even with a space in its path", () => {
  const table = "Num       RefCount Protocol Flags    Type St Inode Path\n" +
    "0000000000000000: 00000002 00000000 00010000 0001 01 100 /run/my nginx.sock\n" +
    "0000000000000000: 00000003 00000000 00000000 0001 03 101 /run/my nginx.sock\n" +
    "0000000000000000: 00000003 00000000 00000000 0001 03 102 /run/my nginx.sock\n" +
    "0000000000000000: 00000003 00000000 00000000 0001 03 103 /run/other.sock\n" +
    "0000000000000000: 00000003 00000000 00000000 0001 03 104\n";

  assert.equal(countConnected(parseUnixSockets(table), new Set(["/run/my nginx.sock"])), 2);
  assert.equal(countConnected(parseUnixSockets(table), new Set(["/run/my"])), 0);
});

Deno.test("connections: on a port of this machine", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const listens = [{ transport: "tcp", hostname: "127.0.0.1", port } as const];
  assert.equal(countConnections(listens), 0);

  using _client = await Deno.connect({ hostname: "127.0.0.1", port });
  using _server = await listener.accept();
  assert.equal(countConnections(listens), 1);
});

Deno.test("connections: on a unix socket of this machine", () =>
  inFolder(async (folder) => {
    const path = `${folder}/nginx.sock`;
    using listener = Deno.listen({ transport: "unix", path });
    using _client = await Deno.connect({ transport: "unix", path });
    using _server = await listener.accept();
    assert.equal(countConnections([{ transport: "unix", path }]), 1);
  }));
