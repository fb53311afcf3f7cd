/** Where a server listens: a TCP port or a unix socket. */

export type Address =
  | { transport: "tcp"; hostname: string; port: number }
  | { transport: "unix"; path: string };

export function isSameAddress(a: Address, b: Address): boolean {
  if (a.transport === "unix") return b.transport === "unix" && a.path === b.path;
  return b.transport === "tcp" && a.hostname === b.hostname && a.port === b.port;
}

/** What happened to the file of a socket while its server still listens. */
export type SocketLoss = "gone" | "replaced";

export function describeLostSocket(path: string, loss: SocketLoss): string {
  const what = loss === "gone" ? "was removed" : "was replaced by another";
  return `${path}, gunicorn's socket, ${what} while gunicorn runs, so clients get 502: restart tandem`;
}
