/** `Deno.connect` to a Unix socket or to a numeric TCP address or localhost. */

import { Descriptor } from "./descriptor.ts";
import { EINVAL, systemError, unwrap, withCode } from "./errors.ts";
import { host, POLLOUT } from "./host.ts";

type Address = { transport: "unix"; path: string } | {
  transport?: "tcp";
  hostname?: string;
  port: number;
};

class Connection {
  readonly #descriptor: Descriptor;

  constructor(descriptor: Descriptor) {
    this.#descriptor = descriptor;
  }

  read(bytes: Uint8Array): Promise<number | null> {
    return this.#descriptor.read(bytes);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#descriptor.write(bytes);
  }

  close(): void {
    this.#descriptor.close();
  }

  [Symbol.dispose](): void {
    if (this.#descriptor.isOpen) this.#descriptor.close();
  }
}

export async function connect(address: Address): Promise<Connection> {
  if (address.transport === "unix") return await finishConnecting(host.connectUnix(address.path));
  const { hostname = "127.0.0.1", port } = address;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`Invalid port (out of range): ${port}`);
  }
  if (hostname !== "localhost") return await finishConnecting(host.connectTcp(hostname, port));
  try {
    return await finishConnecting(host.connectTcp("127.0.0.1", port));
  } catch {
    return await finishConnecting(host.connectTcp("::1", port));
  }
}

const EAFNOSUPPORT = 97;

async function finishConnecting(fd: number): Promise<Connection> {
  if (fd === -EINVAL) {
    throw withCode(new TypeError("path must be shorter than SUN_LEN"), "EINVAL");
  }
  if (fd === -EAFNOSUPPORT) {
    throw new Error("failed to lookup address information: Name or service not known");
  }
  const descriptor = new Descriptor(unwrap(fd));
  await descriptor.ready(POLLOUT);
  const failure = host.socketError(fd);
  if (failure === 0) return new Connection(descriptor);
  descriptor.close();
  throw systemError(failure);
}
