/** `Deno.env`. A value that is not valid UTF-8, which Deno refuses, is escaped as by slim/native/values.c. */

import { unwrap } from "./errors.ts";
import { host } from "./host.ts";

function validateName(name: string): string {
  if (name === "") throw new TypeError("Key is an empty string.");
  if (name.includes("=") || name.includes("\0")) {
    throw new TypeError(`Key contains invalid characters: "${name}"`);
  }
  return name;
}

/** As in Deno: a "=" at the start belongs to the name, and an entry without "=" is skipped. */
function toEntries(text: string): [name: string, value: string][] {
  const end = text.indexOf("=", 1);
  return end < 0 ? [] : [[text.slice(0, end), text.slice(end + 1)]];
}

export const env = {
  get: (name: string) => host.getVariable(validateName(name)),
  has: (name: string) => host.getVariable(validateName(name)) !== undefined,
  set: (name: string, value: string) => void unwrap(host.setVariable(validateName(name), value)),
  delete: (name: string) => void unwrap(host.setVariable(validateName(name), undefined)),
  toObject: () => Object.fromEntries(host.environment().flatMap(toEntries)),
};
