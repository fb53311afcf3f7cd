/** Where a server listens: a TCP port or a unix socket. */

export type Address =
  | { transport: "tcp"; hostname: string; port: number }
  | { transport: "unix"; path: string };
