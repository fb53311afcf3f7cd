/** Reads the directives of an nginx.conf, from a file or from the output of `nginx -T`. */

import type { Address } from "../plan/address.ts";

export interface Listen {
  address: Address;
  /** As in the conf. */
  text: string;
  /** Whether tandem can send it requests: HTTP/1.1 without TLS or a PROXY header. */
  plainHttp: boolean;
}

export interface ConfSummary {
  daemon: "on" | "off" | undefined;
  listens: Listen[];
}

export interface Directive {
  name: string;
  args: string[];
  /** Names of the enclosing blocks in the same file, outermost first. */
  within: string[];
}

/** The port of a server without a `listen` line if nginx runs as root; otherwise it is 8000. */
const DEFAULT_LISTEN = "80";

/**
 * @param directives from the output of `nginx -T`: the main file and every included one. nginx has accepted them, so
 * each `daemon` line is in the main context.
 */
export function summarizeConf(directives: Directive[]): ConfSummary {
  const daemon = directives.find(({ name }) => name === "daemon")?.args[0];
  const listens = directives.filter(({ name }) => name === "listen");
  const servers = directives.some(({ name, within }) =>
    name === "listen" || within.at(-1) === "server"
  );
  if (!listens.length && servers) {
    listens.push({ name: "listen", args: [DEFAULT_LISTEN], within: [] });
  }
  return {
    daemon: daemon === "on" || daemon === "off" ? daemon : undefined,
    listens: listens.flatMap(readListens),
  };
}

const NOT_PLAIN_HTTP = ["ssl", "http2", "quic", "proxy_protocol", "udp"];

function readListens(
  { args: [text = DEFAULT_LISTEN, ...parameters], within }: Directive,
): Listen[] {
  const otherProtocol = within.includes("stream") || within.includes("mail");
  const plainHttp = !otherProtocol && !parameters.some((word) => NOT_PLAIN_HTTP.includes(word));
  return expandPorts(text).map((text) => ({ text, address: parseAddress(text), plainHttp }));
}

/** A port range such as "127.0.0.1:8080-8082" is one address per port. */
function expandPorts(text: string): string[] {
  const [, host = "", first, last] = /^(|[^/]*:)(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined) return [text];
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

/** Splits words like nginx: quotes, `#` and `}` are special only at the start of a word, and `${` does not end one. */
const TOKEN =
  /(?:[ \t\r\n]|#[^\n]*(?:\n|$))*(?:([;{}])|("(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|(?:\\[^]|\$\{*|[^ \t\r\n;{}"'#\\$])(?:\\[^]|\$\{*|[^ \t\r\n;{\\$])*))/gy;

export function* parseDirectives(dump: string): Generator<Directive> {
  let words: string[] = [];
  const within: string[] = [];
  // A copy, because lastIndex is state: a consumer may parse an included file between two results.
  const token = new RegExp(TOKEN);
  for (let match = token.exec(dump); match; match = token.exec(dump)) {
    const [, punctuation, word] = match;
    if (word !== undefined) words.push(unquoted(word));
    if (punctuation === undefined) continue;
    const [name, ...args] = words;
    words = [];
    if (punctuation === "}") within.pop();
    else if (name !== undefined) yield { name, args, within: [...within] };
    if (punctuation === "{") {
      if (name?.endsWith("_by_lua_block")) token.lastIndex = endOfBlock(dump, token.lastIndex);
      else within.push(name ?? "");
    }
  }
}

function unquoted(word: string): string {
  // Most words; the two searches below would double the time of the parser.
  if (word[0] !== '"' && word[0] !== "'" && !word.includes("\\")) return word;
  const inner = /^(["'])([^]*)\1$/.exec(word)?.[2] ?? word;
  return inner.replace(/\\(["'\\trn])/g, (_, escaped: string) => controls.get(escaped) ?? escaped);
}

const controls = new Map([["t", "\t"], ["r", "\r"], ["n", "\n"]]);

/** nginx's lexer does not apply to Lua, so the end of a Lua block is found by counting braces. */
function endOfBlock(text: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; at < text.length && depth > 0; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}") depth--;
  }
  return at;
}
