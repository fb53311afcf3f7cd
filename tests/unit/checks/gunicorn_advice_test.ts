/** The rules on gunicorn's own settings, and on settings and addresses that do not do what was meant. */

import assert from "node:assert/strict";
import { checkLoopback } from "../../../lib/checks/rules/deployment.ts";
import { type Finding, formatFinding } from "../../../lib/checks/rules/finding.ts";
import {
  checkMaxRequests,
  checkPreload,
  checkSmuggling,
  type ResolvedGunicorn,
} from "../../../lib/checks/rules/gunicorn_advice.ts";
import { checkUnusedSettings, checkVariables } from "../../../lib/checks/rules/settings.ts";
import { parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { summarizeConf } from "../../../lib/nginx/directives.ts";
import { invocationFor } from "../support/invocation_for.ts";

const gunicorn: ResolvedGunicorn = {
  keepAlive: 2,
  workerClass: "gevent",
  workers: 2,
  maxRequests: 0,
  maxRequestsJitter: 0,
  preload: false,
  version: "20.1.0",
  isStrict: true,
};
const listensOn = (...lines: string[]) =>
  summarizeConf(parseDirectives(lines.map((line) => `listen ${line};`).join(""))).listens;
const unused = (flags: string[], variables = {}, isBuiltIn = false) =>
  checkUnusedSettings(invocationFor(flags, variables).report, isBuiltIn);

const variables = (env: Record<string, string>): [Finding, ...Finding[]] => {
  const [first, ...more] = checkVariables(invocationFor([], env).strayVariables);
  return [first!, ...more];
};

const others: [Finding, Finding["result"], RegExp][] = [
  [checkMaxRequests(gunicorn), "ok", /no limit/],
  [checkMaxRequests({ ...gunicorn, maxRequests: 9, maxRequestsJitter: 3 }), "ok", /9 to 12 req/],
  [checkMaxRequests({ ...gunicorn, maxRequests: 9, workers: 1 }), "ok", /./],
  [
    checkMaxRequests({ ...gunicorn, maxRequests: 1000 }),
    "warning",
    /all 2 workers .*: set --max-requests-jitter to 100$/,
  ],
  [checkMaxRequests({ ...gunicorn, maxRequests: 3 }), "warning", /jitter to 1$/],
  [checkSmuggling(gunicorn), "ok", /20\.1\.0 refuses/],
  [checkSmuggling({ ...gunicorn, isStrict: false }), "warning", /CVE-2024-1135\): upgrade .* 22/],
  [checkPreload(gunicorn, "torch"), "ok", /each worker/],
  [checkPreload({ ...gunicorn, preload: true }, undefined), "ok", /master/],
  [checkPreload({ ...gunicorn, preload: true }, "torch"), "warning", /CUDA .* \(torch\), and no/],

  [checkLoopback(listensOn("127.0.0.1:8080"), 7), "ok", /./],
  [checkLoopback(listensOn("127.0.0.1:8080", "[::1]:80", "localhost:1"), 1), "warning", /only, /],
  [checkLoopback(listensOn("127.0.0.1:8080", "80"), 1), "ok", /./],
  [checkLoopback(listensOn("*:8080"), 1), "ok", /./],
  [checkLoopback([], 1), "ok", /./],
  [unused([]), "ok", /./],
  [unused(["--port", "1", "--timeout", "5"]), "ok", /./],
  [unused(["--streaming"], {}, true), "ok", /./],
  [unused([], { SAGEMAKER_MAX_PAYLOAD_IN_MB: "6" }), "ok", /./],
  [variables({})[0], "ok", /^every TANDEM_ variable is a setting$/],
  [variables({ TANDEM_WORKERS: "2", TANDEMIC: "1", TANDEM_X: "" })[0], "ok", /^every/],
  [
    variables({ TANDEM_WORKERZ: "2" })[0],
    "warning",
    /^TANDEM_WORKERZ sets nothing: tandem has no such variable: set TANDEM_WORKERS instead$/,
  ],
  [
    variables({ TANDEM_LOG: "2" })[0],
    "warning",
    /^TANDEM_LOG .*: set TANDEM_LOGS or TANDEM_LOG_DIR or TANDEM_LOG_LEVEL instead$/,
  ],
  [variables({ TANDEM_VERSION_OF_MINE: "2" })[0], "warning", /such variable: remove it$/],
  [variables({ TANDEM_LOGDIR: "/x", TANDEM_FOO: "" })[0], "warning", /set TANDEM_LOG_DIR instead$/],
  [
    variables({ TANDEM_PORT: "tcp://10.0.0.1:80", TANDEM_SERVICE_HOST: "10.0.0.1" })[0],
    "ok",
    /^ignored TANDEM_PORT, TANDEM_SERVICE_HOST, which Kubernetes sets for a Service$/,
  ],
  [unused(["--streaming"]), "warning", /^--streaming has an effect on the built-in/],
  [
    unused(["--access-log", "off"], { TANDEM_MAX_BODY: "1m" }),
    "warning",
    /^TANDEM_MAX_BODY and --access-log have/,
  ],
  [unused([], { SAGEMAKER_MAX_PAYLOAD_IN_MB: "6" }), "ok", /./],
];

for (const [finding, result, line] of others) {
  Deno.test(`advice: ${result}: ${formatFinding(finding)}`, () => {
    assert.equal(finding.result, result);
    assert.match(formatFinding(finding), line);
    assert.equal(finding.fix === undefined, result === "ok");
  });
}
