/** `Deno.connect`: streams to this machine's servers, by path or by numeric address. */

import { Descriptor } from "./descriptor.ts";
import { checked, EINVAL, systemError, withCode } from "./errors.ts";
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
  if (address.transport === "unix") return await established(host.connectUnix(address.path));
  const { hostname = "127.0.0.1", port } = address;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`Invalid port (out of range): ${port}`);
  }
  if (hostname !== "localhost") return await established(host.connectTcp(hostname, port));
  try {
    return await established(host.connectTcp("127.0.0.1", port));
  } catch {
    return await established(host.connectTcp("::1", port));
  }
}

const EAFNOSUPPORT = 97;

async function established(fd: number): Promise<Connection> {
  if (fd === -EINVAL) {
    throw withCode(new TypeError("path must be shorter than SUN_LEN"), "EINVAL");
  }
  if (fd === -EAFNOSUPPORT) {
    throw new Error("failed to lookup address information: Name or service not known");
  }
  const descriptor = new Descriptor(checked(fd));
  await descriptor.ready(POLLOUT);
  const failure = host.socketError(fd);
  if (failure === 0) return new Connection(descriptor);
  descriptor.close();
  throw systemError(failure);
}
