/** `Deno.dlopen` of libc: the few functions that are linked in, called by the types that Deno checks. */

import { host } from "./host.ts";

interface Signature {
  parameters: readonly string[];
  result: string;
  name?: string;
  optional?: boolean;
}

type Value = number | bigint | Uint8Array | null;
type Call = (...values: Value[]) => number | bigint | undefined;

export function dlopen(library: string, signatures: Record<string, Signature>) {
  if (!/^libc\.so(\.|$)/.test(library)) {
    throw new Error(`Could not open library: ${library}: only libc is linked in`);
  }
  const symbols: Record<string, Call> = {};
  for (const [name, signature] of Object.entries(signatures)) {
    const place = host.findSymbol(signature.name ?? name);
    if (place < 0) {
      throw new Error(
        `Failed to register symbol ${name}: Could not obtain symbol from the library: ` +
          `${library}: undefined symbol: ${signature.name ?? name}`,
      );
    }
    symbols[name] = caller(place, signature);
  }
  return { symbols, close() {} };
}

function caller(place: number, { parameters, result }: Signature): Call {
  const isWide = ["i64", "u64", "isize", "usize"].includes(result);
  return (...values) => {
    parameters.forEach((type, i) => insistOnType(type, values[i]));
    const returned = host.callSymbol(place, values);
    if (result === "void") return undefined;
    return isWide ? BigInt(returned) : returned;
  };
}

function insistOnType(type: string, value: unknown): void {
  const isUnsigned = type.startsWith("u");
  if (type === "buffer" || type === "pointer") {
    if (value === null || value instanceof Uint8Array) return;
    throw new TypeError(`Invalid FFI ${type} type, expected null, or Buffer`);
  }
  if (typeof value === "number" || typeof value === "bigint") return;
  const wanted = isUnsigned ? "unsigned integer" : "integer";
  throw new TypeError(`Invalid FFI ${type} type, expected ${wanted}`);
}
