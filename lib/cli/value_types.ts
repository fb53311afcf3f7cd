// deno-lint-ignore-file no-control-regex -- control characters are refused
/** The types of values that flags and variables take. A text that does not match its type exactly is refused. */

export interface ValueType<T> {
  /** Completes the error "… is not": "a whole number from 1 to 1024". */
  readonly expected: string;
  /** `undefined` if the text is not of this type. */
  parse(text: string): T | undefined;
  /** All values, if they can be listed; for completions and "did you mean". */
  readonly choices?: readonly string[];
  /** Set if the value is a path; for completions. */
  readonly path?: "file" | "directory";
}

/** The largest number of seconds whose milliseconds fit a 32-bit timer. */
export const LONGEST_SECONDS = 2_147_483;

export function wholeNumber(least: number, most: number): ValueType<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    parse(text) {
      if (!/^(0|[1-9][0-9]{0,9})$/.test(text)) return undefined;
      const value = Number(text);
      return value >= least && value <= most ? value : undefined;
    },
  };
}

export function seconds(least: number): ValueType<number> {
  return {
    expected: `whole seconds from ${least} to ${LONGEST_SECONDS}, without a unit`,
    parse: wholeNumber(least, LONGEST_SECONDS).parse,
  };
}

export function oneOf<const T extends string>(choices: readonly T[]): ValueType<T> {
  return {
    expected: `one of ${choices.join(", ")}`,
    choices,
    parse: (text) => choices.find((choice) => choice === text),
  };
}

export function matching(pattern: RegExp, expected: string): ValueType<string> {
  return { expected, parse: (text) => pattern.test(text) ? text : undefined };
}

/** No control characters: a newline in a path is a mistake, and would split every message that names the path. */
const PRINTABLE = /^[^\x00-\x1f\x7f]+$/;

export function pathTo(kind: "file" | "directory"): ValueType<string> {
  return { ...matching(PRINTABLE, `a path to a ${kind}`), path: kind };
}

/** The built-in nginx.conf holds such paths, and nginx cannot quote `$`. */
export const plainAbsolutePath: ValueType<string> = {
  ...matching(
    /^\/[^\x00-\x1f\x7f"'\\$;{}#]*$/,
    "an absolute path without quotes or any of \\ $ ; { } #",
  ),
  path: "directory",
};

/** unix(7): `sun_path` holds 108 bytes including the final NUL. */
const LONGEST_SOCKET_PATH = 107;

export const socketPath: ValueType<string> = {
  expected: `${plainAbsolutePath.expected}, of at most ${LONGEST_SOCKET_PATH} bytes`,
  path: "file",
  parse: (text) =>
    new TextEncoder().encode(text).length <= LONGEST_SOCKET_PATH && !text.endsWith("/")
      ? plainAbsolutePath.parse(text)
      : undefined,
};

/** The collector reads only files of this name. */
export const textfilePath: ValueType<string> = matching(
  /^\/[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f]\.prom$/,
  "an absolute path that ends in .prom",
);

export const nginxSize: ValueType<string> = matching(
  /^(0|[1-9][0-9]{0,9})[kKmMgG]?$/,
  "a size in nginx notation: 0 (no limit), 512k, 25m, 1g",
);

export const megabytes: ValueType<string> = {
  expected: "a whole number of megabytes from 0 (no limit) to 1048576",
  parse(text) {
    const value = wholeNumber(0, 1_048_576).parse(text);
    return value === undefined ? undefined : `${value}m`;
  },
};

export const wsgiCallable: ValueType<string> = matching(
  /^[A-Za-z_][\w.]*:[^\x00-\x1f\x7f]+$/,
  "module:callable, such as wsgi:app",
);

export const workerClass: ValueType<string> = matching(
  /^[A-Za-z_][\w.:#+-]*$/,
  "a gunicorn worker class, such as gevent, gthread or sync",
);

export const urlPath: ValueType<string> = matching(
  /^\/[\x21\x22\x24-\x7e]*$/,
  "a path that starts with /, such as /ping",
);

/** tandem's HTTP client has neither TLS nor DNS. */
export const localUrl: ValueType<string> = matching(
  /^http:\/\/(localhost|\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\])(:[1-9]\d{0,4})?(\/[\x21\x22\x24-\x7e]*)?$/,
  "http://ADDRESS:PORT/PATH, with a numeric address or localhost",
);

/** Canonical addresses are not required: nginx masks the host part. */
export const networks: ValueType<readonly string[]> = {
  expected: "IP addresses or networks, separated by commas, such as 10.0.0.0/8,fd00::/8",
  parse(text) {
    const parts = text.split(",");
    return parts.every((part) => isNetwork(part)) ? parts : undefined;
  },
};

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  if (rest.length) return false;
  const isIpv6 = address.includes(":");
  if (bits !== undefined && wholeNumber(0, isIpv6 ? 128 : 32).parse(bits) === undefined) {
    return false;
  }
  return isIpv6 ? isIpv6Address(address) : isIpv4Address(address);
}

function isIpv4Address(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => wholeNumber(0, 255).parse(part) !== undefined);
}

function isIpv6Address(address: string): boolean {
  // The last four bytes may be written as an IPv4 address.
  const ipv4 = address.slice(address.lastIndexOf(":") + 1);
  const text = isIpv4Address(ipv4) ? `${address.slice(0, -ipv4.length)}0:0` : address;
  const [head = "", tail, ...rest] = text.split("::");
  const groups = [head, tail ?? ""].flatMap((half) => half === "" ? [] : half.split(":"));
  const isWhole = tail === undefined ? groups.length === 8 : groups.length < 8;
  return rest.length === 0 && isWhole && groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group));
}

const booleans = new Map([["1", true], ["true", true], ["0", false], ["false", false]]);

/** For the variable of a switch; the flag itself takes no value. */
export const onOff: ValueType<boolean> = {
  expected: "1 or true, 0 or false",
  parse: (text) => booleans.get(text),
};
