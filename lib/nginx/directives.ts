/** Finds what tandem itself needs in the directives of an nginx.conf: its addresses, and how nginx runs. */

import type { Address } from "../plan/address.ts";
import type { Directive } from "./directive_reader.ts";

export interface Listen {
  address: Address;
  /** As in the conf. */
  text: string;
  /** Whether tandem can send it requests: HTTP/1.1 without TLS or a PROXY header. */
  plainHttp: boolean;
}

export interface ConfSummary {
  daemon: "on" | "off" | undefined;
  /** `master_process off`: nginx serves in one process. */
  singleProcess: boolean;
  listens: Listen[];
}

/** The port of a server without a `listen` line if nginx runs as root; otherwise it is 8000. */
const DEFAULT_LISTEN = "80";

/**
 * @param directives from the output of `nginx -T`: the main file and every included one. nginx has accepted them, so
 * each `daemon` and `master_process` line is in the main context.
 */
export function summarizeConf(directives: Directive[]): ConfSummary {
  const daemon = directives.find(({ name }) => name === "daemon")?.args[0];
  const listens = directives.filter(({ name }) => name === "listen");
  const servers = directives.some(({ name, within }) =>
    name === "listen" || within.at(-1) === "server"
  );
  const isDefault = !listens.length && servers;
  return {
    daemon: daemon === "on" || daemon === "off" ? daemon : undefined,
    singleProcess: directives.some(({ name, args }) =>
      name === "master_process" && args[0] === "off"
    ),
    listens: (isDefault ? [{ args: [DEFAULT_LISTEN], within: [] }] : listens).flatMap(readListens),
  };
}

const NOT_PLAIN_HTTP = ["ssl", "http2", "quic", "proxy_protocol", "udp"];

function readListens(
  { args: [text = DEFAULT_LISTEN, ...parameters], within }: Pick<Directive, "args" | "within">,
): Listen[] {
  const otherProtocol = within.includes("stream") || within.includes("mail");
  const plainHttp = !otherProtocol && !parameters.some((word) => NOT_PLAIN_HTTP.includes(word));
  return expandPorts(text).map((text) => ({ text, address: parseAddress(text), plainHttp }));
}

const LAST_PORT = 65_535;

/** A port range such as "127.0.0.1:8080-8082" is one address per port. */
function expandPorts(text: string): string[] {
  const [, host = "", first, last] = /^(|[^/]*:)(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined || Number(last) > LAST_PORT) return [text];
  const length = Math.max(0, Number(last) - Number(first)) + 1;
  return Array.from({ length }, (_, index) => `${host}${Number(first) + index}`);
}

/** The address at which a local client reaches a `listen` address: loopback for a wildcard. */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:")) return { transport: "unix", path: text.slice("unix:".length) };
  const [, host = "", port = DEFAULT_LISTEN] = /^\d+$/.test(text)
    ? ["", "", text]
    : /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  const name = host.replace(/^\[|\]$/g, "");
  return { transport: "tcp", hostname: loopbackOf.get(name) ?? name, port: Number(port) };
}

const loopbackOf = new Map([
  ["", "127.0.0.1"],
  ["*", "127.0.0.1"],
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);

/** The address in a `proxy_pass` URL, such as "unix:/tmp/gunicorn.sock" or "app:8000". */
export function proxiedHost(url: string): string {
  const rest = url.replace(/^https?:\/\//, "");
  return /^unix:[^:]+/.exec(rest)?.[0] ?? rest.replace(/\/.*$/, "");
}
