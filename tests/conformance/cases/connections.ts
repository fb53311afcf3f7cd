/** `Deno.connect` to the servers of host_test.ts. */

import type { Cases } from "./cases.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function readAll(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(16 * 1024);
  let text = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

async function echoed(connection: Deno.Conn, text: string): Promise<string> {
  await writeAll(connection, encoder.encode(text));
  const buffer = new Uint8Array(text.length);
  let got = 0;
  while (got < text.length) got += await connection.read(buffer.subarray(got)) ?? text.length;
  connection.close();
  return decoder.decode(buffer);
}

export const connections: Cases = (folder) => {
  const [echoPath = "", hangUpPath = "", echoPort = "", fullPath = ""] = Deno.args;
  const unix = (path: string) => Deno.connect({ transport: "unix", path });
  const tcp = (hostname: string) => Deno.connect({ hostname, port: Number(echoPort) });
  return {
    "Unix socket": async () => await echoed(await unix(echoPath), "hello"),
    "TCP": async () => await echoed(await tcp("127.0.0.1"), "hello"),
    "TCP, localhost": async () => await echoed(await tcp("localhost"), "hello"),
    "100 kB": async () => (await echoed(await unix(echoPath), "x".repeat(100_000))).length,
    "connect: path missing": () => unix(`${folder}/missing`),
    "connect: full backlog": () =>
      unix(fullPath).catch((error) => [error instanceof Deno.errors.WouldBlock, String(error)]),
    "connect: path is not a socket": () => {
      Deno.writeTextFileSync(`${folder}/no-socket`, "");
      return unix(`${folder}/no-socket`);
    },
    "connect: parent is a file": () => unix(`${folder}/no-socket/x`),
    "connect: path too long": () => unix(`/${"x".repeat(200)}`),
    "connect: port closed": () => Deno.connect({ hostname: "127.0.0.1", port: 1 }),
    "connect: port closed, IPv6": () => Deno.connect({ hostname: "::1", port: 1 }),
    "connect: port out of range": () => Deno.connect({ hostname: "127.0.0.1", port: 70_000 }),
    "read until the peer closes": async () => {
      const connection = await unix(hangUpPath);
      const text = await readAll(connection);
      connection.close();
      return text;
    },
    "write: peer has closed": async () => {
      const connection = await unix(hangUpPath);
      await readAll(connection);
      try {
        // The peer closes a moment after its last byte.
        for (let i = 0; i < 1000; i++) await connection.write(encoder.encode("x"));
      } finally {
        connection.close();
      }
    },
    "close during a read": async () => {
      const connection = await unix(echoPath);
      const reading = connection.read(new Uint8Array(8)).catch((error) => error);
      await new Promise<void>((resolve) => setTimeout(resolve, 5));
      connection.close();
      throw await reading;
    },
    "read: closed": async () => {
      const connection = await unix(echoPath);
      connection.close();
      await connection.read(new Uint8Array(8));
    },
    "write: closed": async () => {
      const connection = await unix(echoPath);
      connection.close();
      await connection.write(new Uint8Array(8));
    },
    "close: closed": async () => {
      const connection = await unix(echoPath);
      connection.close();
      connection.close();
    },
    "read into an empty buffer": async () => {
      const connection = await unix(echoPath);
      const count = await connection.read(new Uint8Array(0));
      connection.close();
      return count;
    },
  };
};
