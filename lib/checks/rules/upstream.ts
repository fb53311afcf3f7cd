/** Rules on proxy_pass: whether requests reach gunicorn, and which size and time nginx allows them. */

import { parseAddress } from "../../nginx/directives.ts";
import type { ProxyLocation } from "../../nginx/upstreams.ts";
import { parseSize, parseTime } from "../../nginx/values.ts";
import { type Finding, ok, warning } from "./finding.ts";

/**
 * @param binds gunicorn's addresses, such as "unix:/tmp/gunicorn.sock" or "127.0.0.1:8000"
 * @param isSamePath whether two paths name one file, as in /run and /var/run
 */
export function checkUpstream(
  proxied: ProxyLocation[],
  binds: string[],
  isSamePath: (one: string, other: string) => boolean,
): Finding {
  const name = "proxy_pass";
  const targets = [...new Set(proxied.flatMap(({ targets }) => targets))];
  const isReached = targets.some((target) => binds.some((bind) => isSameAddress(target, bind)));
  if (isReached) return ok(name, `nginx passes requests to ${binds.join(" and ")}`);
  if (proxied.some(({ targets }) => targets.length === 0)) {
    return ok(name, "a variable decides where nginx passes requests to");
  }
  const consequence = targets.length
    ? `nginx passes requests to ${targets.join(" and ")}, so clients get 502`
    : "nginx passes no requests on, so clients get 404";
  return warning(
    name,
    `gunicorn listens on ${binds.join(" and ")}, but ${consequence}`,
    "correct proxy_pass or --socket",
  );

  function isSameAddress(target: string, bind: string): boolean {
    const [one, other] = [parseAddress(target), parseAddress(bind)];
    if (one.transport === "unix") {
      return other.transport === "unix" && isSamePath(one.path, other.path);
    }
    return other.transport === "tcp" && one.hostname === other.hostname && one.port === other.port;
  }
}

/** The most that SageMaker passes to a container: 25 MB a request. */
const PLATFORM_MAX_BODY = "25m";
/** nginx's defaults. */
const DEFAULT_MAX_BODY = "1m";
const DEFAULT_READ_TIMEOUT = "60s";

export function checkMaxBody(proxied: ProxyLocation[]): Finding {
  const name = "client_max_body_size";
  const bytes = (text: string) => parseSize(text) || Infinity;
  const smallest = smallestBy(proxied, ({ maxBody = DEFAULT_MAX_BODY }) => bytes(maxBody));
  if (!smallest) return ok(name, "nginx passes no requests on");
  const { where, maxBody } = smallest;
  const text = maxBody ?? `${DEFAULT_MAX_BODY} (nginx's default)`;
  return bytes(maxBody ?? DEFAULT_MAX_BODY) < bytes(PLATFORM_MAX_BODY)
    ? warning(
      name,
      `${where} accepts bodies of up to ${text}, SageMaker of up to ${PLATFORM_MAX_BODY}; ` +
        "larger ones get 413",
      `set ${name} to ${PLATFORM_MAX_BODY}, unless the lower limit is intended`,
    )
    : ok(name, bytes(text) === Infinity ? "no limit" : text);
}

/** @param timeout gunicorn's, in seconds; 0 for none */
export function checkReadTimeout(proxied: ProxyLocation[], timeout: number): Finding {
  const name = "proxy_read_timeout";
  const seconds = (text = DEFAULT_READ_TIMEOUT) => parseTime(text) ?? Infinity;
  const shortest = smallestBy(proxied, ({ readTimeout }) => seconds(readTimeout));
  if (!shortest) return ok(name, "nginx passes no requests on");
  const { where, readTimeout } = shortest;
  const text = readTimeout ?? `${DEFAULT_READ_TIMEOUT} (nginx's default)`;
  if (timeout === 0 || seconds(readTimeout) >= timeout) {
    return ok(name, `${text}; gunicorn's --timeout is ${timeout || "none"}`);
  }
  return warning(
    name,
    `${where} waits ${text} for an answer that may take gunicorn ${timeout} s (--timeout); ` +
      "clients then get 504",
    `set ${name} to at least ${timeout}s, or lower --timeout`,
  );
}

function smallestBy<T>(items: T[], measure: (item: T) => number): T | undefined {
  return [...items].sort((one, other) => measure(one) - measure(other))[0];
}
