/** `Deno.stdin`, `Deno.stdout`, `Deno.stderr`, and the console. */

import { Descriptor, writeSync } from "./descriptor.ts";
import { unwrap } from "./errors.ts";
import { host } from "./host.ts";

class Output {
  #descriptor: Descriptor | undefined;

  constructor(private readonly fd: number) {}

  write(bytes: Uint8Array): Promise<number> {
    // Opened at the first write: the descriptor may be redirected before.
    this.#descriptor ??= new Descriptor(...host.openOutput(this.fd));
    return this.#descriptor.write(bytes);
  }

  writeSync(bytes: Uint8Array): number {
    return writeSync(this.fd, bytes);
  }

  isTerminal(): boolean {
    return host.isTerminal(this.fd);
  }
}

const input = new Descriptor(0);

export const stdin = {
  read: (bytes: Uint8Array) => input.read(bytes),
  isTerminal: () => host.isTerminal(0),
};
export const stdout = new Output(1);
export const stderr = new Output(2);

/** The size of the first of descriptors 0-2 that is a terminal. */
export function consoleSize(): { columns: number; rows: number } {
  const fd = [0, 1, 2].find((fd) => host.isTerminal(fd)) ?? 0;
  const [columns, rows] = unwrap(host.terminalSize(fd));
  return { columns: columns!, rows: rows! };
}

function format(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value}\n${value.stack ?? ""}`.trimEnd();
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}

function printTo(fd: number) {
  return (...values: unknown[]) => {
    const bytes = host.encode(`${values.map(format).join(" ")}\n`);
    for (let sent = 0; sent < bytes.length;) sent += writeSync(fd, bytes.subarray(sent));
  };
}

const [toStdout, toStderr] = [printTo(1), printTo(2)];

export const console = {
  debug: toStdout,
  info: toStdout,
  log: toStdout,
  warn: toStderr,
  error: toStderr,
};
