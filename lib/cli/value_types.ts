// deno-lint-ignore-file no-control-regex -- they are what is looked for
/** The forms that a setting's value can have. A text is exactly of its form or it is refused. */

export interface ValueType<T> {
  /** What would do, for the line that refuses a value: "a whole number from 1 to 1024". */
  readonly expected: string;
  /** The value, or nothing when the text is not of this form. */
  parse(text: string): T | undefined;
  /** What can be completed on a command line, where the values can be listed. */
  readonly choices?: readonly string[];
  /** What kind of path it is, for completions. */
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

/** Without control characters: a newline in a path is a slip, and would break every line that names it. */
const PRINTABLE = /^[^\x00-\x1f\x7f]+$/;

export function pathTo(kind: "file" | "directory"): ValueType<string> {
  return { ...matching(PRINTABLE, `a path to a ${kind}`), path: kind };
}

/** These two are written into the built-in nginx.conf, which cannot quote `$` and friends. */
export const plainAbsolutePath: ValueType<string> = {
  ...matching(
    /^\/[^\x00-\x1f\x7f"'\\$;{}#]*$/,
    "an absolute path without quotes or any of \\ $ ; { } #",
  ),
  path: "directory",
};

/** `sun_path` of unix(7) holds 108 bytes, the closing NUL included. */
const LONGEST_SOCKET_PATH = 107;

export const socketPath: ValueType<string> = {
  expected: `${plainAbsolutePath.expected}, of at most ${LONGEST_SOCKET_PATH} bytes`,
  path: "file",
  parse: (text) =>
    new TextEncoder().encode(text).length <= LONGEST_SOCKET_PATH && !text.endsWith("/")
      ? plainAbsolutePath.parse(text)
      : undefined,
};

export const nginxSize: ValueType<string> = matching(
  /^(0|[1-9][0-9]{0,9})[kKmMgG]?$/,
  "a size as nginx writes it: 0 (no limit), 512k, 25m, 1g",
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
  "a worker class of gunicorn, such as gevent, gthread or sync",
);

export const urlPath: ValueType<string> = matching(
  /^\/[\x21\x22\x24-\x7e]*$/,
  "a path that starts with /, such as /ping",
);

/** tandem speaks plain HTTP, to numbers and to localhost. */
export const localUrl: ValueType<string> = matching(
  /^http:\/\/(localhost|\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\])(:[1-9]\d{0,4})?(\/[\x21\x22\x24-\x7e]*)?$/,
  "http://ADDRESS:PORT/PATH, with a numeric address or localhost",
);

const switchWords = new Map([["1", true], ["true", true], ["0", false], ["false", false]]);

/** A switch's variable; the flag itself takes no value. */
export const onOff: ValueType<boolean> = {
  expected: "1 or true, 0 or false",
  parse: (text) => switchWords.get(text),
};
