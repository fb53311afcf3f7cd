/** Unix sockets that others left, or that others listen on. */

import { baseEnvironment } from "../environment.ts";
import { within } from "../waiting.ts";

/** Leaves a socket as a killed process does. */
export async function leaveSocket(path: string): Promise<void> {
  const script = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  const { code } = await new Deno.Command("python3", {
    args: ["-c", script, path],
    clearEnv: true,
    env: baseEnvironment(),
  }).output();
  if (code !== 0) throw new Error(`Cannot create the socket ${path}`);
}

/** Listens, accepts nothing, and has no room for another connection. Removes its socket at the end. */
const FULL = `
import errno, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(0)
clients = []
while True:
    client = socket.socket(socket.AF_UNIX)
    client.setblocking(False)
    clients.append(client)
    if client.connect_ex(sys.argv[1]) == errno.EAGAIN:
        break
print("full", flush=True)
sys.stdin.read()
os.unlink(sys.argv[1])
`;

export async function listenWithFullBacklog(path: string): Promise<AsyncDisposable> {
  const server = new Deno.Command("python3", {
    args: ["-c", FULL, path],
    clearEnv: true,
    env: baseEnvironment(),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = server.stdout.getReader();
  await within(10_000, "a full backlog", reader.read());
  return {
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      await server.stdin.close();
      await server.status;
    },
  };
}
