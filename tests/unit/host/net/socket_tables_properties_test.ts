/** Every line of the kernel's socket tables is read as written, and no other text is taken for one. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTcpSockets, parseUnixSockets } from "../../../../lib/host/net/socket_tables.ts";
import { property } from "../../support/cases.ts";
import { noise } from "../../support/noise.ts";

const USES = { "0A": "listening", "01": "connected", "06": "other" } as const;
const states = fc.constantFrom(...Object.keys(USES) as (keyof typeof USES)[]);
const hex = (number: number, digits: number) =>
  number.toString(16).toUpperCase().padStart(digits, "0");
const inode = fc.nat(2 ** 31);

const tcpLine = fc.record({
  address: fc.constantFrom("0100007F", "00000000", "00000000000000000000000001000000"),
  port: fc.nat(65_535),
  state: states,
  user: fc.nat(70_000),
  inode,
});

property("socket tables properties: each TCP socket is found", [
  fc.array(tcpLine, { maxLength: 20 }),
], (lines) => {
  const table = lines.map(({ address, port, state, user, inode }, index) =>
    `${String(index).padStart(4)}: ${address}:${hex(port, 4)} ${address}:${hex(port ^ 1, 4)} ` +
    `${state} 00000000:00000000 00:00000000 00000000 ${String(user).padStart(5)} ` +
    `${String(0).padStart(8)} ${inode} 1 0000000000000000 100 0 0 10 0\n`
  );
  assert.deepEqual(
    parseTcpSockets(`  sl  local_address rem_address   st …\n${table.join("")}`),
    lines.map(({ port, state, inode }) => ({ port, use: USES[state], inode: `${inode}` })),
  );
});

const path = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."/a @:01 \r\t\u2028"),
    fc.nat(0xd7ff).map(String.fromCodePoint),
  ),
  minLength: 1,
  maxLength: 60,
}).map((path) => path.replaceAll("\n", ""));

property("socket tables properties: each unix socket is found, whatever its path", [
  fc.array(fc.record({ path, listens: fc.boolean(), inode }), { maxLength: 20 }),
], (sockets) => {
  const lines = sockets.map(({ path, listens, inode }) =>
    `0000000000000000: 00000002 00000000 000${listens ? 1 : 0}0000 0001 ${listens ? "01" : "03"} ` +
    `${String(inode).padStart(5)}${path && ` ${path}`}\n`
  );
  assert.deepEqual(
    parseUnixSockets(`Num       RefCount Protocol Flags    Type St Inode Path\n${lines.join("")}`),
    sockets.filter(({ path }) => path).map(({ path, listens, inode }) => (
      { path, use: listens ? "listening" : "connected", inode: `${inode}` }
    )),
  );
});

property("socket tables properties: any text is a table", [noise], (text) => {
  for (const { port, inode } of parseTcpSockets(text)) assert.ok(port >= 0 && /^\d+$/.test(inode));
  for (const { path, inode } of parseUnixSockets(text)) assert.ok(path && /^\d+$/.test(inode));
});
