import assert from "node:assert/strict";
import { describeHealth } from "../../../lib/commands/health.ts";

const url = "http://127.0.0.1:8080/ping";

Deno.test("health: one line for each answer", () => {
  assert.equal(
    describeHealth({ healthy: true, url, status: 200, milliseconds: 3 }),
    `healthy: GET ${url} answers 200 in 3 ms`,
  );
  assert.equal(
    describeHealth({ healthy: false, url, status: 503, milliseconds: 7 }),
    `unhealthy: GET ${url} answers 503 in 7 ms`,
  );
  const silent = { healthy: false, url, milliseconds: 1, reason: "connection refused" };
  assert.equal(describeHealth(silent), `unhealthy: GET ${url}: connection refused`);
  assert.equal(
    describeHealth({ ...silent, remark: "tandem is starting" }),
    `unhealthy: GET ${url}: connection refused (tandem is starting)`,
  );
});
