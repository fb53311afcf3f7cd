/**
 * Good and bad texts for every value type, told apart by rules that do not call the type itself. A new type needs a
 * rule here, or the tests that use this file fail.
 */

import { isIP } from "node:net";
import fc from "fast-check";
import * as types from "../../../lib/cli/value_types.ts";
import type { ValueType } from "../../../lib/cli/value_types.ts";
import { noise } from "../support/noise.ts";

export interface Rule {
  isGood(text: string): boolean;
  good: fc.Arbitrary<string>;
  /** The value of a good text; by default the text itself. */
  value?: (text: string) => unknown;
}

export function ruleOf(type: ValueType<unknown>): Rule {
  const rule = namedRules.get(type) ?? ruleOfChoices(type) ?? ruleOfNumbers(type) ??
    ruleOfPath(type);
  if (rule) return rule;
  throw new Error(`tests/unit/cli/values.ts has no rule for the type "${type.expected}"`);
}

function ruleOfChoices({ choices }: ValueType<unknown>): Rule | undefined {
  return choices && { isGood: (text) => choices.includes(text), good: fc.constantFrom(...choices) };
}

/** "a whole number from 1 to 1024", "whole seconds from 0 to 2147483, without a unit" */
function ruleOfNumbers({ expected }: ValueType<unknown>): Rule | undefined {
  const range = /^(?:a whole number|whole seconds) from (\d+) to (\d+)/.exec(expected);
  return range ? wholeNumbers(Number(range[1]), Number(range[2])) : undefined;
}

function wholeNumbers(least: number, most: number): Rule {
  return {
    // A number that is not written as it is printed has a unit, a sign, a fraction or a leading zero.
    isGood(text) {
      const value = Number(text);
      return Number.isInteger(value) && `${value}` === text && value >= least && value <= most;
    },
    good: fc.integer({ min: least, max: most }).map(String),
    value: Number,
  };
}

function ruleOfPath({ path, expected }: ValueType<unknown>): Rule | undefined {
  if (!path || expected !== `a path to a ${path}`) return undefined;
  return { isGood: (text) => text !== "" && !hasControls(text), good: words("/._ äß$\"'\\{") };
}

const forbiddenInConf = [...`"'\\$;{}#`];
const isPlainAbsolute = (text: string) =>
  text.startsWith("/") && !hasControls(text) &&
  !forbiddenInConf.some((character) => text.includes(character));

const namedRules = new Map<ValueType<unknown>, Rule>([
  [types.plainAbsolutePath, {
    isGood: isPlainAbsolute,
    good: words("/._ ä-").map((text) => `/${text}`),
  }],
  [types.socketPath, {
    isGood: (text) =>
      isPlainAbsolute(text) && !text.endsWith("/") && new TextEncoder().encode(text).length < 108,
    good: words("/._ ä-").map((text) => `/${text}`.slice(0, 40).replace(/\/+$/, "") + "/sock"),
  }],
  [types.textfilePath, {
    isGood: (text) =>
      text.startsWith("/") && text.endsWith(".prom") && !text.endsWith("/.prom") &&
      !hasControls(text),
    good: words("/._ ä-").map((text) => `/${text}x.prom`),
  }],
  [types.nginxSize, {
    isGood: (text) => wholeNumbers(0, 9_999_999_999).isGood(text.replace(/[kmg]$/i, "")),
    good: fc.tuple(fc.integer({ min: 0 }), fc.constantFrom("", "k", "m", "g", "K", "M", "G"))
      .map(([size, unit]) => `${size}${unit}`),
  }],
  [types.networks, {
    isGood: (text) =>
      text.split(",").every((part) => {
        const [, address = "", bits] = /^([^/%]*)(?:\/(\d+))?$/.exec(part) ?? [];
        const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
        return most > 0 && wholeNumbers(0, most).isGood(bits ?? "0");
      }),
    good: fc.array(
      fc.oneof(
        fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
        fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
      ).map(([address, bits]) => bits % 3 ? `${address}/${bits}` : address),
      { minLength: 1, maxLength: 4 },
    ).map((networks) => networks.join(",")),
    value: (text) => text.split(","),
  }],
  [types.megabytes, {
    ...wholeNumbers(0, 1_048_576),
    value: (text) => `${text}m`,
  }],
  [types.wsgiCallable, {
    isGood(text) {
      const colon = text.indexOf(":");
      const module = text.slice(0, Math.max(0, colon));
      return isWord(module, "_.") && text.length > colon + 1 && !hasControls(text);
    },
    good: fc.constantFrom("wsgi:app", "a.b.c:make_app()", '_x:app("a b", {})', "wsgi:äpp"),
  }],
  [types.workerClass, {
    isGood: (text) => isWord(text, "_.:#+-"),
    good: fc.constantFrom(
      "sync",
      "gthread",
      "egg:gunicorn#gevent",
      "my.module.Class",
      "_x",
      "a-b+c",
    ),
  }],
  [types.urlPath, {
    isGood: (text) =>
      text.startsWith("/") && !text.includes("#") && [...text].every((c) => c > " " && c <= "~"),
    good: fc.constantFrom("/", "/ping", "/health?deep=1&x=%20", "/a/b~c"),
  }],
  [types.onOff, {
    isGood: (text) => ["0", "1", "true", "false"].includes(text),
    good: fc.constantFrom("0", "1", "true", "false"),
    value: (text) => text === "1" || text === "true",
  }],
]);

function hasControls(text: string): boolean {
  return [...text].some((c) => c < " " || c === "\x7f");
}

/** Whether the text has only ASCII letters, digits and `others`, and does not begin with a digit. */
function isWord(text: string, others: string): boolean {
  const isLetter = (c: string) => (c >= "a" && c <= "z") || (c >= "A" && c <= "Z");
  const isDigit = (c: string) => c >= "0" && c <= "9";
  const [first, ...rest] = text;
  return first !== undefined && (isLetter(first) || first === "_") &&
    rest.every((c) => isLetter(c) || isDigit(c) || others.includes(c));
}

/** Up to 20 characters from a few letters, digits and `others`. */
function words(others: string): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(..."abXY09", ...others), minLength: 1, maxLength: 20 });
}

/** Wrong values as people, templates and other programs produce them. */
const mistakes = [
  ...[
    "",
    " ",
    "\n",
    "\t",
    "\0",
    "\x1b[31m",
    "\x7f",
    "\x9b",
    "\u2028",
    "\ud800",
    "äöü",
    "٣",
    "１２",
  ],
  ...["4 ", " 4", "4\n", "4\r\n", "\n4", "4\n5", "4\0", "04", "00", "+4", "-1", "-0", "--4", "4-"],
  ...["1.5", "1.0", "1,5", ".5", "5.", "1e3", "0x10", "0b1", "0o7", "1_000", "1 000", "4n"],
  ...["60s", "5m", "1h", "100ms", "25MB", "25mb", "1kb", "10%", "2*2", "$(nproc)", "${N}", "{{n}}"],
  ...["Infinity", "-Infinity", "NaN", "null", "undefined", "None", "auto", "default", "AUTO"],
  ...["99999", "4294967296", "2147483648", "9007199254740993", "1".repeat(400), "-99999999999"],
  ...["yes", "no", "on", "off", "True", "TRUE", "y", "t"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"],
  ...[
    "/",
    "//",
    ".",
    "..",
    "~",
    "/tmp/a b",
    "/tmp/$x",
    "/tmp/a;b",
    '"/tmp"',
    "C:\\x",
    "/a\nb",
    "-",
  ],
  ...["wsgi", "wsgi:", ":app", "1wsgi:app", "wsgi app", "wsgi/app:app", "wsgi:app\n", "a\n:b"],
  ...["ping", "http://x/ping", "/ping pong", "/ping#x", "/pi\nng", "/päng", "*", "a'b", "a b"],
  ...["x".repeat(5000), "/" + "x".repeat(107), "/" + "ä".repeat(54), "💥".repeat(40)],
];

/** Any text: mistakes, mistakes in a good value, and noise. */
export function anyText(good: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const mistake = fc.constantFrom(...mistakes);
  return fc.oneof(
    { weight: 4, arbitrary: mistake },
    { weight: 2, arbitrary: fc.tuple(good, mistake).map(([text, after]) => text + after) },
    { weight: 1, arbitrary: fc.tuple(mistake, good).map(([before, text]) => before + text) },
    { weight: 1, arbitrary: fc.bigInt().map(String) },
    { weight: 1, arbitrary: fc.double().map(String) },
    { weight: 2, arbitrary: noise },
    { weight: 2, arbitrary: fc.string() },
  );
}
