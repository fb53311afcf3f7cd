/** Clients that hold on to nginx. */

import type { Fault, Scene } from "../fault.ts";

const MOST_CLIENTS = 20;
const DRIP_MS = 200;

/** Connects, and keeps the connections until the end of the round. */
async function connect({ image, random, undo }: Scene): Promise<Deno.Conn[]> {
  const count = random.between(1, MOST_CLIENTS);
  const connections = await Promise.all(
    Array.from({ length: count }, () => Deno.connect({ hostname: "127.0.0.1", port: image.port })),
  );
  for (const connection of connections) undo.defer(() => connection.close());
  return connections;
}

async function send(connections: readonly Deno.Conn[], text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await Promise.all(connections.map((connection) => connection.write(bytes)));
}

const HALF_A_HEADER = "GET /ping HTTP/1.1\r\nHost: localhost\r\nX-Half: ";

export const clientFaults: readonly Fault[] = [
  {
    name: "half-sent headers",
    expects: { holdsStop: true },
    inject: async (scene) => await send(await connect(scene), HALF_A_HEADER),
  },
  {
    name: "bodies that drip",
    expects: { holdsStop: true },
    async inject(scene) {
      const connections = await connect(scene);
      await send(
        connections,
        "POST /invocations?id=drip HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n",
      );
      const timer = setInterval(() => send(connections, "x").catch(() => {}), DRIP_MS);
      scene.undo.defer(() => clearInterval(timer));
    },
  },
  {
    name: "readers of large answers that never read",
    expects: { holdsStop: true },
    // A sync worker writes to nginx, which keeps the answer in a file.
    async inject(scene) {
      const connections = await connect(scene);
      await send(
        connections.slice(0, 4),
        "GET /invocations/large?bytes=8000000 HTTP/1.0\r\nHost: localhost\r\n\r\n",
      );
    },
  },
];
