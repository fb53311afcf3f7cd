/** The edges of each value type; settings_test.ts tests the values between and beyond. */

import assert from "node:assert/strict";
import * as types from "../../../lib/cli/value_types.ts";
import type { ValueType } from "../../../lib/cli/value_types.ts";

const path = (bytes: number) => `/${"x".repeat(bytes - 1)}`;

const edges: [name: string, type: ValueType<unknown>, good: [string, unknown][], bad: string[]][] =
  [
    [
      "a whole number",
      types.wholeNumber(1, 1024),
      [["1", 1], ["1024", 1024]],
      ["0", "1025", "01", "1.0", " 1", "1\n", "-1", "+1", "1e2", ""],
    ],
    [
      "seconds from 0",
      types.seconds(0),
      [["0", 0], ["2147483", 2_147_483]],
      ["2147484", "00", "60s", "1.5", "-0"],
    ],
    ["seconds from 1", types.seconds(1), [["1", 1]], ["0"]],
    [
      "one of several words",
      types.oneOf(["text", "json"]),
      [["text", "text"], ["json", "json"]],
      ["", "Text", "json ", "text,json"],
    ],
    [
      "a path",
      types.pathTo("file"),
      [["a", "a"], [" ", " "], ["/a b/ä'\"$", "/a b/ä'\"$"]],
      ["", "a\nb", "a\0", "\x7f", "\x1b[0m"],
    ],
    [
      "a path for nginx.conf",
      types.plainAbsolutePath,
      [["/", "/"], ["/a b/ä", "/a b/ä"]],
      ["", "a", "./a", "~/a", '/"', "/'", "/\\", "/$a", "/a;", "/{", "/}", "/#", "/a\tb"],
    ],
    [
      "a socket's path",
      types.socketPath,
      [["/s", "/s"], [path(107), path(107)], [`/${"ä".repeat(53)}`, `/${"ä".repeat(53)}`]],
      ["s", "/", "/a/", path(108), `/${"ä".repeat(54)}`, "/$s"],
    ],
    [
      "a size",
      types.nginxSize,
      [["0", "0"], ["25m", "25m"], ["1G", "1G"], ["512k", "512k"], ["9999999999", "9999999999"]],
      ["", "m", "25mb", "25 m", "025m", "1.5m", "-1m", "1t", "10000000000"],
    ],
    [
      "megabytes",
      types.megabytes,
      [["0", "0m"], ["100", "100m"], ["1048576", "1048576m"]],
      ["1048577", "100m", "1.5", ""],
    ],
    [
      "a WSGI callable",
      types.wsgiCallable,
      [["wsgi:app", "wsgi:app"], ["a.b:make('x')", "a.b:make('x')"]],
      ["wsgi", "wsgi:", ":app", "wsgi.py", "w sgi:app", "1:app", "wsgi:a\nb", "--x:y"],
    ],
    [
      "a worker class",
      types.workerClass,
      [["gevent", "gevent"], ["egg:x#y", "egg:x#y"], ["a.B", "a.B"]],
      ["", "1a", "-k", "a b", "a;b", "gevent\n"],
    ],
    [
      "a URL path",
      types.urlPath,
      [["/", "/"], ["/ping?a=%20&b=\"'", "/ping?a=%20&b=\"'"]],
      ["", "ping", "/a b", "/a#b", "/ä", "/a\r\nHost: x", "http://x/"],
    ],
    [
      "a boolean",
      types.onOff,
      [["1", true], ["true", true], ["0", false], ["false", false]],
      ["", "yes", "on", "True", "2", "constructor", "__proto__"],
    ],
  ];

for (const [name, type, good, bad] of edges) {
  Deno.test(`value types: the edges of ${name}`, () => {
    for (const [text, value] of good) assert.equal(type.parse(text), value);
    for (const text of bad) assert.equal(type.parse(text), undefined, JSON.stringify(text));
  });
}

Deno.test("value types: the most seconds fit a 32-bit timer in milliseconds", () => {
  assert.ok(types.LONGEST_SECONDS * 1000 < 2 ** 31);
});
