/** Finds the locations of an nginx conf that pass requests on, and the directives that apply there. */

import { proxiedHost } from "./directives.ts";
import type { Block } from "./tree.ts";

export interface ProxyLocation {
  /** "location /ping" */
  where: string;
  /** Addresses such as "unix:/tmp/gunicorn.sock" and "127.0.0.1:8000"; empty if `proxy_pass` contains a variable. */
  targets: string[];
  /** The block that `proxy_pass` names. */
  upstream: Block | undefined;
  /** The block with `proxy_pass` and those around it, innermost first. */
  enclosing: Block[];
  /** The child of the `location` block before which directives for it belong: an `if` block allows only few. */
  anchor: Block;
}

export function findProxyLocations(root: Block): ProxyLocation[] {
  const http = root.children.filter(({ name }) => name === "http");
  const upstreams = new Map(
    http.flatMap(({ children }) => children)
      .filter(({ name }) => name === "upstream")
      .map((block) => [block.args[0] ?? "", block]),
  );
  return http.flatMap((block) => walk(block, []));

  function walk(block: Block, outer: Block[]): ProxyLocation[] {
    const enclosing = [block, ...outer];
    const pass = lastChild(block, "proxy_pass");
    const here = pass ? [locate(pass, enclosing)] : [];
    return [...here, ...block.children.flatMap((child) => walk(child, enclosing))];
  }

  function locate(pass: Block, enclosing: Block[]): ProxyLocation {
    const [{ name, args }] = enclosing as [Block];
    const [url = ""] = pass.args;
    const host = proxiedHost(url);
    const upstream = upstreams.get(host);
    const location = enclosing.find(({ name }) => name === "location");
    return {
      where: [name, ...args].join(" "),
      targets: url.includes("$") ? [] : upstream ? serversOf(upstream) : [host],
      upstream,
      enclosing,
      anchor: location && anchorOf(location) || pass,
    };
  }
}

/** The same one for all that is passed on in a location, so that nothing is inserted twice. */
function anchorOf({ children }: Block): Block | undefined {
  return children.find(({ name }) => name === "proxy_pass") ??
    children.find((child) => child.name !== "location" && lastChild(child, "proxy_pass"));
}

function serversOf({ children }: Block): string[] {
  return children.filter(({ name }) => name === "server").flatMap(({ args }) => args[0] ?? []);
}

export function lastChild({ children }: Block, name: string): Block | undefined {
  return children.filter((child) => child.name === name).at(-1);
}

/** The directive that applies in a location, its own or an inherited one. */
export function directiveIn({ enclosing }: ProxyLocation, name: string): Block | undefined {
  return enclosing.map((block) => lastChild(block, name)).find((found) => found !== undefined);
}

/** The `proxy_set_header` lines that apply in a location: a block with any of its own inherits none. */
export function headersIn({ enclosing }: ProxyLocation): Block[] {
  return enclosing.map(headersOf).find((lines) => lines.length > 0) ?? [];
}

export function headersOf({ children }: Block): Block[] {
  return children.filter(({ name }) => name === "proxy_set_header");
}
