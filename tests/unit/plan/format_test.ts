import assert from "node:assert/strict";
import {
  formatBytes,
  formatDuration,
  formatError,
  formatUrl,
  plural,
} from "../../../lib/plan/format.ts";

const durations: [milliseconds: number, text: string][] = [
  [-5, "0 ms"],
  [0, "0 ms"],
  [256.7, "257 ms"],
  [999, "999 ms"],
  [1000, "1.0 s"],
  [59_999, "59.9 s"],
  [60_000, "1 min 0 s"],
  [192_000, "3 min 12 s"],
  [3_600_000, "1 h 0 min"],
  [7_505_000, "2 h 5 min"],
  [86_400_000, "1 d 0 h"],
  [800_000_000, "9 d 6 h"],
];

for (const [milliseconds, text] of durations) {
  Deno.test(`format: ${milliseconds} ms is ${text}`, () => {
    assert.equal(formatDuration(milliseconds), text);
  });
}

Deno.test("format: bytes", () => {
  assert.equal(formatBytes(0), "0.0 MiB");
  assert.equal(formatBytes(7_240_000), "6.9 MiB");
  assert.equal(formatBytes(56_900_000), "54 MiB");
  assert.equal(formatBytes(1_290_000_000), "1.2 GiB");
});

Deno.test("format: URLs", () => {
  const tcp = (hostname: string) => ({ transport: "tcp", hostname, port: 80 } as const);
  assert.equal(formatUrl(tcp("127.0.0.1"), "/ping"), "http://127.0.0.1:80/ping");
  assert.equal(formatUrl(tcp("::1"), "/"), "http://[::1]:80/");
  const unix = { transport: "unix", path: "/run/nginx.sock" } as const;
  assert.equal(formatUrl(unix, "/ping"), "http://unix:/run/nginx.sock:/ping");
});

Deno.test("format: singular and plural", () => {
  assert.equal(plural(1, "worker"), "1 worker");
  assert.equal(plural(0, "worker"), "0 workers");
});

Deno.test("format: errors without the runtime's details", () => {
  const cases = [
    ["Connection refused (os error 111)", "connection refused"],
    ["Is a directory (os error 21): readfile '/x'", "is a directory"],
    ["EPERM: no", "EPERM: no"],
    ["Two\nlines", "two lines"],
  ];
  for (const [message, text] of cases) assert.equal(formatError(new Error(message)), text);
  assert.equal(formatError("plain"), "plain");
});
