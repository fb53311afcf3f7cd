import assert from "node:assert/strict";
import fc from "fast-check";
import type { Address } from "../../../lib/plan/address.ts";
import { parseAddress } from "../../../lib/nginx/directives.ts";
import { noise } from "../support/noise.ts";

const tcp = (hostname: string, port: number): Address => ({ transport: "tcp", hostname, port });

const rows: [text: string, address: Address][] = [
  ["8080", tcp("127.0.0.1", 8080)],
  ["80", tcp("127.0.0.1", 80)],
  ["*:8080", tcp("127.0.0.1", 8080)],
  ["0.0.0.0:8080", tcp("127.0.0.1", 8080)],
  ["127.0.0.1:8080", tcp("127.0.0.1", 8080)],
  ["127.0.0.1", tcp("127.0.0.1", 80)],
  ["10.1.2.3:443", tcp("10.1.2.3", 443)],
  ["*", tcp("127.0.0.1", 80)],
  ["[::]:8080", tcp("::1", 8080)],
  ["[::]", tcp("::1", 80)],
  ["[::1]:8080", tcp("::1", 8080)],
  ["[2001:db8::1]:443", tcp("2001:db8::1", 443)],
  ["[2001:db8::1]", tcp("2001:db8::1", 80)],
  ["localhost", tcp("localhost", 80)],
  ["localhost:8000", tcp("localhost", 8000)],
  ["my-host.example:8000", tcp("my-host.example", 8000)],
  ["constructor:8000", tcp("constructor", 8000)],
  ["unix:/run/nginx.sock", { transport: "unix", path: "/run/nginx.sock" }],
  ["unix:/run/a:80", { transport: "unix", path: "/run/a:80" }],
];

for (const [text, address] of rows) {
  Deno.test(`listen address: ${text}`, () => assert.deepEqual(parseAddress(text), address));
}

Deno.test("listen address: any text gives some address", () => {
  fc.assert(fc.property(noise, (text) => {
    const address = parseAddress(text);
    if (address.transport === "unix") return assert.equal(typeof address.path, "string");
    assert.equal(typeof address.hostname, "string");
    assert.ok(Number.isInteger(address.port), `${address.port}`);
  }));
});
