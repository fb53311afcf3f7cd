import assert from "node:assert/strict";
import { parseTcpSockets, parseUnixSockets } from "../../../../lib/host/net/socket_tables.ts";

Deno.test("socket tables: a TCP table as the kernel prints it", () => {
  const table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4026 1 0000000000000000 100 0 0 10 0\n" +
    "   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 02:000003E8 00000000 65534       12 4027 2 0000000000000000 20 4 30 10 -1\n" +
    "   2: 0100007F:C351 0100007F:1F90 06 00000000:00000000 03:00000D2A 00000000     0        0 0 3 0000000000000000\n";
  assert.deepEqual(parseTcpSockets(table), [
    { port: 8080, use: "listening", inode: "4026" },
    { port: 50000, use: "connected", inode: "4027" },
    { port: 50001, use: "other", inode: "0" },
  ]);
});

Deno.test("socket tables: a unix table, with spaces in a path", () => {
  const table = "Num       RefCount Protocol Flags    Type St Inode Path\n" +
    "0000000000000000: 00000002 00000000 00010000 0001 01 100 /run/my  nginx.sock\n" +
    "0000000000000000: 00000003 00000000 00000000 0001 03   101 /run/my  nginx.sock\n" +
    "0000000000000000: 00000002 00000000 00000000 0002 01 102 @abstract\n" +
    "0000000000000000: 00000003 00000000 00000000 0001 03 103\n";
  assert.deepEqual(parseUnixSockets(table), [
    { path: "/run/my  nginx.sock", use: "listening", inode: "100" },
    { path: "/run/my  nginx.sock", use: "connected", inode: "101" },
    { path: "@abstract", use: "other", inode: "102" },
  ]);
});
