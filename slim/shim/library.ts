/** `Deno.dlopen` for the libc functions that are linked in, with Deno's argument checks. */

import { host, POLLIN } from "./host.ts";

interface Signature {
  parameters: readonly string[];
  result: string;
  name?: string;
  nonblocking?: boolean;
  optional?: boolean;
}

type Value = number | bigint | Uint8Array | null;
type Returned = number | bigint | undefined;
type Call = (...values: Value[]) => Returned | Promise<Returned>;

export function dlopen(library: string, signatures: Record<string, Signature>) {
  if (library !== "libc.so" && !library.startsWith("libc.so.")) {
    throw new Error(`Could not open library: ${library}: only libc is linked in`);
  }
  const symbols: Record<string, Call> = {};
  for (const [name, signature] of Object.entries(signatures)) {
    const index = host.findSymbol(signature.name ?? name);
    if (index < 0) {
      throw new Error(
        `Failed to register symbol ${name}: Could not obtain symbol from the library: ` +
          `${library}: undefined symbol: ${signature.name ?? name}`,
      );
    }
    symbols[name] = makeCall(index, signature);
  }
  return { symbols, close() {} };
}

function makeCall(index: number, { parameters, result, nonblocking }: Signature): Call {
  const isWide = ["i64", "u64", "isize", "usize"].includes(result);
  return (...values) => {
    // Many are called before gunicorn starts: a callback for each parameter is what they would take longest for.
    for (let i = 0; i < parameters.length; i++) assertType(parameters[i]!, values[i]);
    if (!nonblocking) return call(values);
    // Deno calls it on another thread. Here it is called once the descriptor that it waits on
    // is ready, whatever its timeout.
    return new Promise((resolve) =>
      void host.watch(Number(values[0]), POLLIN, () => resolve(call(values)))
    );
  };

  function call(values: Value[]): Returned {
    const returned = host.callSymbol(index, values);
    if (result === "void") return undefined;
    return isWide ? BigInt(returned) : returned;
  }
}

function assertType(type: string, value: unknown): void {
  if (type === "buffer" || type === "pointer") {
    if (value === null || value instanceof Uint8Array) return;
    throw new TypeError(`Invalid FFI ${type} type, expected null, or Buffer`);
  }
  if (typeof value === "number" || typeof value === "bigint") return;
  const expected = type.startsWith("u") ? "unsigned integer" : "integer";
  throw new TypeError(`Invalid FFI ${type} type, expected ${expected}`);
}
