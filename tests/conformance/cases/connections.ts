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
    "over a path": async () => await echoed(await unix(echoPath), "hello"),
    "over an address": async () => await echoed(await tcp("127.0.0.1"), "hello"),
    "over localhost": async () => await echoed(await tcp("localhost"), "hello"),
    "much": async () => (await echoed(await unix(echoPath), "x".repeat(100_000))).length,
    "nobody at the path": () => unix(`${folder}/missing`),
    "a full backlog": () => unix(fullPath),
    "no socket at the path": () => {
      Deno.writeTextFileSync(`${folder}/no-socket`, "");
      return unix(`${folder}/no-socket`);
    },
    "a path below a file": () => unix(`${folder}/no-socket/x`),
    "a path that is too long": () => unix(`/${"x".repeat(200)}`),
    "nobody at the port": () => Deno.connect({ hostname: "127.0.0.1", port: 1 }),
    "nobody at the port, IPv6": () => Deno.connect({ hostname: "::1", port: 1 }),
    "no such port": () => Deno.connect({ hostname: "127.0.0.1", port: 70_000 }),
    "the other side hangs up": async () => {
      const connection = await unix(hangUpPath);
      const text = await readAll(connection);
      connection.close();
      return text;
    },
    "written after the other side hung up": async () => {
      const connection = await unix(hangUpPath);
      await readAll(connection);
      try {
        // It closes a moment after it said that it would.
        for (let i = 0; i < 1000; i++) await connection.write(encoder.encode("x"));
      } finally {
        connection.close();
      }
    },
    "closed while it is read": async () => {
      const connection = await unix(echoPath);
      const reading = connection.read(new Uint8Array(8)).catch((error) => error);
      await new Promise<void>((resolve) => setTimeout(resolve, 5));
      connection.close();
      throw await reading;
    },
    "read after it was closed": async () => {
      const connection = await unix(echoPath);
      connection.close();
      await connection.read(new Uint8Array(8));
    },
    "written after it was closed": async () => {
      const connection = await unix(echoPath);
      connection.close();
      await connection.write(new Uint8Array(8));
    },
    "closed twice": async () => {
      const connection = await unix(echoPath);
      connection.close();
      connection.close();
    },
    "read into nothing": async () => {
      const connection = await unix(echoPath);
      const count = await connection.read(new Uint8Array(0));
      connection.close();
      return count;
    },
  };
};
