/** `Deno.env`, parsed at the first use. */

import { host } from "./host.ts";

let variables: Map<string, string> | undefined;

function readVariables(): Map<string, string> {
  variables ??= new Map(host.env.flatMap((entry) => {
    // As in Deno: a "=" at the start belongs to the name, and an entry without "=" is skipped.
    const end = entry.indexOf("=", 1);
    return end < 0 ? [] : [[entry.slice(0, end), entry.slice(end + 1)]];
  }));
  return variables;
}

function validateName(name: string): string {
  if (name === "") throw new TypeError("Key is an empty string.");
  if (/[=\0]/.test(name)) throw new TypeError(`Key contains invalid characters: "${name}"`);
  return name;
}

export const env = {
  get: (name: string) => readVariables().get(validateName(name)),
  has: (name: string) => readVariables().has(validateName(name)),
  set: (name: string, value: string) => void readVariables().set(validateName(name), value),
  delete: (name: string) => void readVariables().delete(validateName(name)),
  toObject: () => Object.fromEntries(readVariables()),
};
