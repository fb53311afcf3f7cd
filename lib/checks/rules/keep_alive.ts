/** The rule on connections between nginx and gunicorn that both keep. */

import { setFirst } from "../../nginx/conf_edits.ts";
import { directiveIn, headersIn, lastChild, type ProxyLocation } from "../../nginx/upstreams.ts";
import { parseTime } from "../../nginx/values.ts";
import { type Finding, ok, warning } from "./finding.ts";

export interface GunicornKeepAlive {
  /** Seconds. */
  keepAlive: number;
  workerClass: string;
  /** 0: no limit. */
  maxRequests: number;
}

const NAME = "keep-alive";
/** nginx's default, in seconds. */
const DEFAULT_IDLE = 60;
/** These close each connection, or keep it for an hour (tornado), whatever --keep-alive says. */
const INDIFFERENT = /(^|\.)(sync|tornado)(\.|$)|SyncWorker$|TornadoWorker$/;

/** Measured with --max-requests 300: gthread and uvicorn lost 338 of 24,320 POSTs on kept connections, gevent none. */
const CLOSES_LATE = /(^|\.)(gevent|eventlet)|GeventWorker$|EventletWorker$/;

/**
 * gunicorn closes an idle connection at the moment at which nginx may send a request on it. nginx repeats a GET on
 * another connection, but answers a POST with 502.
 * @param proxied the locations that pass requests to gunicorn
 * @param version "nginx/1.22.1"
 */
export function checkKeepAlive(
  proxied: ProxyLocation[],
  version: string,
  { keepAlive, workerClass, maxRequests }: GunicornKeepAlive,
): Finding {
  if (keepAlive === 0 || INDIFFERENT.test(workerClass)) {
    return ok(NAME, "gunicorn keeps no connection for a time of its own");
  }
  const keeping = proxied.filter((location) => keepsConnections(location, version));
  const tooLong = keeping.flatMap(({ upstream }) =>
    upstream && idleSeconds(upstream) >= keepAlive ? [upstream] : []
  );
  const [first] = tooLong;
  if (!first) {
    if (keeping.length && maxRequests > 0 && !CLOSES_LATE.test(workerClass)) {
      return warning(
        NAME,
        `nginx keeps connections to workers that --max-requests ${maxRequests} ends: ` +
          "a POST that meets a worker's exit gets 502",
        "remove --max-requests, or let nginx close the connections: " +
          "`proxy_set_header Connection close`, without --upstream-keep-alive",
      );
    }
    return ok(
      NAME,
      keeping.length
        ? `nginx closes idle connections before gunicorn does (--keep-alive ${keepAlive})`
        : "nginx keeps no connection to gunicorn",
    );
  }
  const idle = keepAlive > 1 ? `${keepAlive - 1}s` : "500ms";
  return warning(
    NAME,
    `nginx keeps idle connections to upstream ${first.args[0]} for ${idleSeconds(first)} s, ` +
      `gunicorn for ${keepAlive} s (--keep-alive): a POST that meets gunicorn's close gets 502`,
    `set --keep-alive to more than ${
      idleSeconds(first)
    }, or keepalive_timeout in that block to ${idle}`,
    tooLong.map((upstream) => {
      const name = "keepalive_timeout";
      const directive = lastChild(upstream, name);
      if (directive) return setFirst(directive, idle);
      const before = lastChild(upstream, "keepalive") ?? upstream.children[0]!;
      return { kind: "insert", before, name, value: idle };
    }),
  );
}

function idleSeconds(upstream: NonNullable<ProxyLocation["upstream"]>): number {
  const text = lastChild(upstream, "keepalive_timeout")?.args[0];
  return (text === undefined ? undefined : parseTime(text)) ?? DEFAULT_IDLE;
}

/** Before 1.29.7 that takes three directives; since then an upstream block is enough. */
function keepsConnections(location: ProxyLocation, version: string): boolean {
  const { upstream } = location;
  if (!upstream) return false;
  const isDefault = isAtLeast(version, [1, 29, 7]);
  const keepalive = lastChild(upstream, "keepalive")?.args[0];
  if (keepalive === undefined ? !isDefault : keepalive === "0") return false;
  const protocol = directiveIn(location, "proxy_http_version")?.args[0];
  if (protocol === "1.0" || (protocol === undefined && !isDefault)) return false;
  const connection = headersIn(location).filter(({ args }) =>
    args[0]?.toLowerCase() === "connection"
  ).at(-1)?.args[1]?.toLowerCase();
  if (connection === undefined) return isDefault;
  // The usual map for websockets closes all others; where `keepalive` is explicit, it is meant to keep them.
  return connection.includes("$") ? keepalive !== undefined : connection !== "close";
}

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const numbers = /\/(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  const index = wanted.findIndex((number, index) => number !== numbers[index]);
  return index < 0 || (numbers[index] ?? 0) > wanted[index]!;
}
