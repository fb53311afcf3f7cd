/**
 * `Deno.dlopen` and `Deno.UnsafeFnPointer` for the libc functions that are linked in, with Deno's argument checks. Only
 * functions are opened, by their addresses; here a pointer has the function's place in the host's table.
 */

import { host, POLLIN } from "./host.ts";

interface Definition {
  parameters: readonly string[];
  result: string;
  nonblocking?: boolean;
}

interface Pointer {
  readonly index: number;
}

type Value = number | bigint | Uint8Array | null;
type Returned = number | bigint | undefined;

export function dlopen(library: string, names: Record<string, { type: string }>) {
  if (library !== "libc.so" && !library.startsWith("libc.so.")) {
    throw new Error(`Could not open library: ${library}: only libc is linked in`);
  }
  const symbols: Record<string, Pointer> = {};
  for (const name of Object.keys(names)) {
    const index = host.findSymbol(name);
    if (index < 0) {
      throw new Error(
        `Failed to register symbol ${name}: Could not obtain symbol from the library: ` +
          `${library}: undefined symbol: ${name}`,
      );
    }
    symbols[name] = { index };
  }
  return { symbols, close() {} };
}

export class UnsafeFnPointer {
  constructor(readonly pointer: Pointer, readonly definition: Definition) {}

  call(...values: Value[]): Returned | Promise<Returned> {
    const { parameters, nonblocking } = this.definition;
    // Many are called before gunicorn starts: a callback for each parameter is what they would take longest for.
    for (let i = 0; i < parameters.length; i++) assertType(parameters[i]!, values[i]);
    if (!nonblocking) return this.#call(values);
    // Deno calls it on another thread. Here it is called once the descriptor that it waits on
    // is ready, whatever its timeout.
    return new Promise((resolve) =>
      void host.watch(Number(values[0]), POLLIN, () => resolve(this.#call(values)))
    );
  }

  #call(values: Value[]): Returned {
    const { result } = this.definition;
    const returned = host.callSymbol(this.pointer.index, values);
    if (result === "void") return undefined;
    return WIDE.has(result) ? BigInt(returned) : returned;
  }
}

const WIDE = new Set(["i64", "u64", "isize", "usize"]);

function assertType(type: string, value: unknown): void {
  if (type === "buffer" || type === "pointer") {
    if (value === null || value instanceof Uint8Array) return;
    throw new TypeError(`Invalid FFI ${type} type, expected null, or Buffer`);
  }
  if (typeof value === "number" || typeof value === "bigint") return;
  const expected = type.startsWith("u") ? "unsigned integer" : "integer";
  throw new TypeError(`Invalid FFI ${type} type, expected ${expected}`);
}
