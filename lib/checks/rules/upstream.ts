/** Whether what nginx passes on comes to gunicorn, and as much of it as gunicorn would take. */

import { parseAddress } from "../../nginx/directives.ts";
import { parseSize, parseTime } from "../../nginx/values.ts";
import type { ProxyLocation } from "../../nginx/upstreams.ts";
import { type Finding, ok, warning } from "./finding.ts";

/**
 * @param binds where gunicorn listens, in nginx's and gunicorn's common notation: "unix:/tmp/gunicorn.sock"
 * @param isSamePath whether two names stand for one file, as /run and /var/run do
 */
export function checkUpstream(
  proxied: ProxyLocation[],
  binds: string[],
  isSamePath: (one: string, other: string) => boolean,
): Finding {
  const name = "proxy_pass";
  const targets = [...new Set(proxied.flatMap(({ targets }) => targets))];
  const isReached = targets.some((target) => binds.some((bind) => isSame(target, bind)));
  if (isReached) return ok(name, `nginx passes requests to ${binds.join(" and ")}`);
  // A variable may name gunicorn as well.
  if (proxied.some(({ targets }) => targets.length === 0)) {
    return ok(name, "where nginx passes requests to is decided by a variable");
  }
  return warning(
    name,
    `gunicorn listens on ${binds.join(" and ")}, but nginx passes requests to ${
      targets.join(" and ") || "nobody"
    }, which ends in ${targets.length ? "502" : "404"}`,
    "correct proxy_pass or --socket",
  );

  function isSame(target: string, bind: string): boolean {
    const [one, other] = [parseAddress(target), parseAddress(bind)];
    if (one.transport === "unix") {
      return other.transport === "unix" && isSamePath(one.path, other.path);
    }
    return other.transport === "tcp" && one.hostname === other.hostname && one.port === other.port;
  }
}

/** What the hosting lets through: SageMaker takes 25 MB a request. */
export const HOSTING_LIMIT = "25m";
/** nginx's own, where the conf says nothing. */
const DEFAULT_MAX_BODY = "1m";
const DEFAULT_READ_TIMEOUT = "60s";

export function checkMaxBody(proxied: ProxyLocation[]): Finding {
  const name = "client_max_body_size";
  const bytes = (text: string) => parseSize(text) || Infinity;
  const smallest = smallestBy(proxied, ({ maxBody = DEFAULT_MAX_BODY }) => bytes(maxBody));
  if (!smallest) return ok(name, "nothing is passed on");
  const { where, maxBody } = smallest;
  const text = maxBody ?? `${DEFAULT_MAX_BODY} (nginx's own, for the conf says nothing)`;
  return bytes(maxBody ?? DEFAULT_MAX_BODY) < bytes(HOSTING_LIMIT)
    ? warning(
      name,
      `${where} takes bodies of up to ${text}, the hosting up to ${HOSTING_LIMIT}: larger ones get 413`,
      `set it to ${HOSTING_LIMIT}, unless that is meant`,
    )
    : ok(name, bytes(text) === Infinity ? "no limit" : text);
}

/** @param timeout gunicorn's, in seconds; 0 for none */
export function checkReadTimeout(proxied: ProxyLocation[], timeout: number): Finding {
  const name = "proxy_read_timeout";
  const seconds = (text = DEFAULT_READ_TIMEOUT) => parseTime(text) ?? Infinity;
  const shortest = smallestBy(proxied, ({ readTimeout }) => seconds(readTimeout));
  if (!shortest) return ok(name, "nothing is passed on");
  const { where, readTimeout } = shortest;
  const text = readTimeout ?? `${DEFAULT_READ_TIMEOUT} (nginx's own, for the conf says nothing)`;
  if (timeout === 0 || seconds(readTimeout) >= timeout) {
    return ok(name, `${text}; gunicorn's own --timeout is ${timeout || "none"}`);
  }
  return warning(
    name,
    `${where} waits ${text} for an answer that gunicorn may take ${timeout} s for: clients get 504`,
    `set it to at least ${timeout}s, or make --timeout shorter`,
  );
}

function smallestBy<T>(items: T[], measure: (item: T) => number): T | undefined {
  return [...items].sort((one, other) => measure(one) - measure(other))[0];
}
