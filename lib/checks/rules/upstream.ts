/** Rules on proxy_pass: whether requests reach gunicorn, and which size and time nginx allows them. */

import { type ConfEdit, setFirst } from "../../nginx/conf_edits.ts";
import { parseAddress } from "../../nginx/directives.ts";
import { directiveIn, type ProxyLocation } from "../../nginx/upstreams.ts";
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
  if (proxied.some((location) => passesTo(location, binds, isSamePath))) {
    return ok(name, `nginx passes requests to ${binds.join(" and ")}`);
  }
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
}

/** Whether a location passes requests to one of these addresses, as far as the conf tells. */
export function passesTo(
  { targets }: ProxyLocation,
  binds: string[],
  isSamePath: (one: string, other: string) => boolean,
): boolean {
  return targets.some((target) => binds.some((bind) => isSameAddress(target, bind)));

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
  const bytesOf = (text = DEFAULT_MAX_BODY) => parseSize(text) || Infinity;
  const all = valuesOf(proxied, name, bytesOf);
  const [smallest] = all;
  if (!smallest) return ok(name, "nginx passes no requests on");
  const { where, value, text = `${DEFAULT_MAX_BODY} (nginx's default)` } = smallest;
  const isTooSmall = (value: number) => value < bytesOf(PLATFORM_MAX_BODY);
  return isTooSmall(value)
    ? warning(
      name,
      `${where} accepts bodies of up to ${text}, SageMaker of up to ${PLATFORM_MAX_BODY}; ` +
        "larger ones get 413",
      `set ${name} to ${PLATFORM_MAX_BODY}, unless the lower limit is intended`,
      all.filter(({ value }) => isTooSmall(value)).map(({ set }) => set(PLATFORM_MAX_BODY)),
    )
    : ok(name, value === Infinity ? "no limit" : text);
}

/** @param timeout gunicorn's, in seconds; 0 for none */
export function checkReadTimeout(proxied: ProxyLocation[], timeout: number): Finding {
  const name = "proxy_read_timeout";
  const all = valuesOf(
    proxied,
    name,
    (text = DEFAULT_READ_TIMEOUT) => parseTime(text) ?? Infinity,
  );
  const [shortest] = all;
  if (!shortest) return ok(name, "nginx passes no requests on");
  const { where, value, text = `${DEFAULT_READ_TIMEOUT} (nginx's default)` } = shortest;
  if (timeout === 0 || value >= timeout) {
    return ok(name, `${text}; gunicorn's --timeout is ${timeout || "none"}`);
  }
  return warning(
    name,
    `${where} waits ${text} for an answer that may take gunicorn ${timeout} s (--timeout); ` +
      "clients then get 504",
    `set ${name} to at least ${timeout}s, or lower --timeout`,
    all.filter(({ value }) => value < timeout).map(({ set }) => set(`${timeout}s`)),
  );
}

interface LocationValue {
  where: string;
  value: number;
  /** As in the conf; `undefined` for nginx's default. */
  text: string | undefined;
  set(text: string): ConfEdit;
}

/** The value of a directive in each location, the smallest first. */
function valuesOf(
  proxied: ProxyLocation[],
  name: string,
  measure: (text?: string) => number,
): LocationValue[] {
  const values = proxied.map((location): LocationValue => {
    const directive = directiveIn(location, name);
    const text = directive?.args[0];
    return {
      where: location.where,
      value: measure(text),
      text,
      set: (fresh) =>
        directive
          ? setFirst(directive, fresh)
          : { kind: "insert", before: location.anchor, name, value: fresh },
    };
  });
  return values.sort((one, other) => one.value - other.value);
}
