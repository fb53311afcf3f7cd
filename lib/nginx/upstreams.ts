/** The places of an nginx conf that pass requests on, with what holds there. */

import { proxiedHost } from "./directives.ts";
import type { Block } from "./tree.ts";

export interface ProxyLocation {
  /** "location /ping" */
  where: string;
  /** As nginx writes addresses: "unix:/tmp/gunicorn.sock", "127.0.0.1:8000"; none where a variable decides. */
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
      .map(({ args, children }) => [args[0] ?? "", servers(children)]),
  );
  return http.flatMap((block) => walk(block, {}));

  function walk(block: Block, outer: Inherited): ProxyLocation[] {
    const inherited = {
      maxBody: said(block, "client_max_body_size") ?? outer.maxBody,
      readTimeout: said(block, "proxy_read_timeout") ?? outer.readTimeout,
    };
    const url = said(block, "proxy_pass");
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

function servers(children: Block[]): string[] {
  return children.filter(({ name }) => name === "server").flatMap(({ args }) => args[0] ?? []);
}

function said({ children }: Block, name: string): string | undefined {
  return children.filter((child) => child.name === name).at(-1)?.args[0];
}
