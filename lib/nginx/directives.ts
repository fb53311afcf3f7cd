/** Reads the directives of an nginx.conf, as a file or as `nginx -T` prints it. */

import type { Address } from "../plan/address.ts";

export interface Listen {
  address: Address;
  /** As the conf writes it. */
  text: string;
  /** Answers HTTP/1.1 without TLS or a PROXY header, so that tandem can ask it. */
  plainHttp: boolean;
}

export interface ConfSummary {
  /** What the `daemon` line says, where there is one. */
  daemon: "on" | "off" | undefined;
  listens: Listen[];
}

export interface Directive {
  name: string;
  args: string[];
  /** Names of the blocks around it, outermost first, within its own file. */
  within: string[];
}

/** The port of a server without a `listen` line, when nginx starts as root; without root it is 8000. */
const DEFAULT_LISTEN = "80";

/**
 * @param directives of what `nginx -T` prints: the main file and every included one, known to be valid. That is why a
 * `daemon` line anywhere is one of the main context.
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
    listens: listens.map(readListen),
  };
}

const NOT_PLAIN_HTTP = ["ssl", "http2", "quic", "proxy_protocol", "udp"];

function readListen({ args: [text = DEFAULT_LISTEN, ...parameters], within }: Directive): Listen {
  const otherProtocol = within.includes("stream") || within.includes("mail");
  return {
    text,
    address: parseAddress(text),
    plainHttp: !otherProtocol && !parameters.some((word) => NOT_PLAIN_HTTP.includes(word)),
  };
}

/** Where a client on this machine finds what `listen` names: a wildcard is asked on loopback. */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:")) return { transport: "unix", path: text.slice("unix:".length) };
  const [, host = "", port = DEFAULT_LISTEN] = /^\d+$/.test(text)
    ? ["", "", text]
    : /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  const name = host.replace(/^\[|\]$/g, "");
  return { transport: "tcp", hostname: loopbackOf.get(name) ?? name, port: Number(port) };
}

/** By wildcard. */
const loopbackOf = new Map([
  ["", "127.0.0.1"],
  ["*", "127.0.0.1"],
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);

/** "unix:/tmp/gunicorn.sock" or "app:8000" of what `proxy_pass` says. */
export function proxiedHost(url: string): string {
  const rest = url.replace(/^https?:\/\//, "");
  return /^unix:[^:]+/.exec(rest)?.[0] ?? rest.replace(/\/.*$/, "");
}

/** As nginx tells words apart: quotes, `#` and `}` mean something only where one begins, and `${` ends none. */
const TOKEN =
  /(?:[ \t\r\n]|#[^\n]*(?:\n|$))*(?:([;{}])|("(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|(?:\\[^]|\$\{*|[^ \t\r\n;{}"'#\\$])(?:\\[^]|\$\{*|[^ \t\r\n;{\\$])*))/gy;

export function* parseDirectives(dump: string): Generator<Directive> {
  let words: string[] = [];
  const within: string[] = [];
  // Its own, because it keeps its place, and somebody may read an included file in between.
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
  // Nearly all of them; two searches for each would take as long as all else.
  if (word[0] !== '"' && word[0] !== "'" && !word.includes("\\")) return word;
  const inner = /^(["'])([^]*)\1$/.exec(word)?.[2] ?? word;
  return inner.replace(/\\(["'\\trn])/g, (_, escaped: string) => controls.get(escaped) ?? escaped);
}

const controls = new Map([["t", "\t"], ["r", "\r"], ["n", "\n"]]);

/** Lua is not nginx's notation, so its block is passed over by its braces alone. */
function endOfBlock(text: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; at < text.length && depth > 0; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}") depth--;
  }
  return at;
}
