/** Finds the locations of an nginx conf that pass requests on, and the limits that apply there. */

import { proxiedHost } from "./directives.ts";
import type { Block } from "./tree.ts";

export interface ProxyLocation {
  /** "location /ping" */
  where: string;
  /** Addresses such as "unix:/tmp/gunicorn.sock" and "127.0.0.1:8000"; empty if `proxy_pass` contains a variable. */
  targets: string[];
  maxBody: string | undefined;
  readTimeout: string | undefined;
}

interface Inherited {
  maxBody?: string;
  readTimeout?: string;
}

export function findProxyLocations(root: Block): ProxyLocation[] {
  const http = root.children.filter(({ name }) => name === "http");
  const upstreams = new Map(
    http.flatMap(({ children }) => children)
      .filter(({ name }) => name === "upstream")
      .map(({ args, children }) => [args[0] ?? "", serversOf(children)]),
  );
  return http.flatMap((block) => walk(block, {}));

  function walk(block: Block, outer: Inherited): ProxyLocation[] {
    const inherited = {
      maxBody: valueOf(block, "client_max_body_size") ?? outer.maxBody,
      readTimeout: valueOf(block, "proxy_read_timeout") ?? outer.readTimeout,
    };
    const url = valueOf(block, "proxy_pass");
    const here = url === undefined ? [] : [{
      where: [block.name, ...block.args].join(" "),
      targets: targetsOf(url),
      ...inherited,
    }];
    return [...here, ...block.children.flatMap((child) => walk(child, inherited))];
  }

  function targetsOf(url: string): string[] {
    if (url.includes("$")) return [];
    const name = proxiedHost(url);
    return upstreams.get(name) ?? [name];
  }
}

function serversOf(children: Block[]): string[] {
  return children.filter(({ name }) => name === "server").flatMap(({ args }) => args[0] ?? []);
}

function valueOf({ children }: Block, name: string): string | undefined {
  return children.filter((child) => child.name === name).at(-1)?.args[0];
}
