/** `Deno.env`, read once: no child can change it. */

import { host } from "./host.ts";

let variables: Map<string, string> | undefined;

function all(): Map<string, string> {
  variables ??= new Map(host.env.map((entry) => {
    const end = entry.indexOf("=");
    return [entry.slice(0, end), entry.slice(end + 1)];
  }));
  return variables;
}

function checkedName(name: string): string {
  if (name === "") throw new TypeError("Key is an empty string.");
  if (/[=\0]/.test(name)) throw new TypeError(`Key contains invalid characters: "${name}"`);
  return name;
}

export const env = {
  get: (name: string) => all().get(checkedName(name)),
  has: (name: string) => all().has(checkedName(name)),
  set: (name: string, value: string) => void all().set(checkedName(name), value),
  delete: (name: string) => void all().delete(checkedName(name)),
  toObject: () => Object.fromEntries(all()),
};
