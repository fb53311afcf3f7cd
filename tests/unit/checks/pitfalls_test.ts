/** The rules on confs that nginx accepts and that do not serve well: each on both sides of its limit. */

import assert from "node:assert/strict";
import { checkNginxWorkers, checkOpenFiles } from "../../../lib/checks/rules/capacity.ts";
import {
  checkDeferred,
  checkNginxProcesses,
  checkShutdownTimeout,
} from "../../../lib/checks/rules/conf.ts";
import { type Finding, formatFinding } from "../../../lib/checks/rules/finding.ts";
import { checkKeepAlive } from "../../../lib/checks/rules/keep_alive.ts";
import { checkLogBuffers } from "../../../lib/checks/rules/logs.ts";
import { checkForgedHeaders, checkProxyHeaders } from "../../../lib/checks/rules/proxy_headers.ts";
import { checkMaxBody, checkReadTimeout } from "../../../lib/checks/rules/upstream.ts";
import { applyEdits, toTextEdits } from "../../../lib/nginx/conf_edits.ts";
import { parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { summarizeConf } from "../../../lib/nginx/directives.ts";
import { type Block, buildTree } from "../../../lib/nginx/tree.ts";
import { findProxyLocations, type ProxyLocation } from "../../../lib/nginx/upstreams.ts";

const treeOf = (text: string) => buildTree([{ path: "/n", directives: parseDirectives(text) }]);
const onLocations = (rule: (proxied: ProxyLocation[]) => Finding) => (root: Block) =>
  rule(findProxyLocations(root));
const inServer = (text: string) => `http { server { ${text} } }`;

const processes = (root: Block) => {
  const lines = root.children.map((child) => ({ ...child, within: [], start: 0, end: 0 }));
  return checkNginxProcesses(summarizeConf(lines), root);
};
const workers = (root: Block) => checkNginxWorkers(root, 64, 2);
const openFiles = (root: Block) => checkOpenFiles(root, 100);
const shutdown = (root: Block) =>
  checkShutdownTimeout(root, { drainDelay: 0, nginx: 20_000, grace: 25_000 });
const headers = onLocations(checkProxyHeaders);
const body = onLocations(checkMaxBody);
const timeout = onLocations((proxied) => checkReadTimeout(proxied, 90));
const keepAliveOf = (version: string, keepAlive = 5, workerClass = "gevent", maxRequests = 0) => {
  const gunicorn = { keepAlive, workerClass, maxRequests };
  return onLocations((proxied) => checkKeepAlive(proxied, `nginx/${version}`, gunicorn));
};

const pass = "location / { proxy_pass http://a; }";
const HOST = "proxy_set_header Host $host;";
const FROM = "proxy_set_header X-Forwarded-For $remote_addr;";
const upstream = (lines = "") => `upstream a { server unix:/s; ${lines} }`;
const kept = (upstreamLines: string, lines: string) =>
  `http { ${upstream(upstreamLines)} server { location / { ${lines} proxy_pass http://a; } } }`;
const HTTP11 = 'proxy_http_version 1.1; proxy_set_header Connection "";';

type Rule = (root: Block) => Finding;

/** With no text, the rule has nothing to say; otherwise it matches, and the edits make it say nothing any more. */
const rules: [what: string, rule: Rule, conf: string, warning?: RegExp, fixed?: RegExp][] = [
  ["daemon", processes, "daemon off;"],
  ["daemon and one process", processes, "daemon on; master_process off;", /./, /off; .* on;/],

  ["nginx's workers", workers, "worker_processes 2;"],
  ["nginx's workers", workers, "events {}"],
  ["nginx's workers", workers, "worker_processes auto;", /auto` starts 64 .* 2 CPUs/, / 2;/],
  ["nginx's workers", workers, "worker_processes 3;", /starts 3 /, / 2;/],
  ["open files", openFiles, "events { worker_connections 60; }", /only 100/, / 50;/],
  ["a shutdown timeout", shutdown, "worker_shutdown_timeout 5s;", /5s/, / 20s;/],
  ["deferred", checkDeferred, "listen 80 deferred ipv6only=on;", /deferred/, /80 ipv6only=on;/],

  ["a log", checkLogBuffers, "access_log /a combined;"],
  ["a log", checkLogBuffers, "access_log /a combined buffer=32k flush=1m;"],
  ["a log", checkLogBuffers, "access_log /a m buffer=32k;", /: add flush=5s$/, / flush=5s;/],
  ["a log", checkLogBuffers, "access_log /a m gzip;", /gzip` without/, /gzip flush=5s;/],
  ["a log", checkLogBuffers, "access_log /a m gzip=4 if=$x;", /gzip=4/, /if=\$x flush=5s;/],

  ["underscores", checkForgedHeaders, "underscores_in_headers off;"],
  ["underscores", checkForgedHeaders, "underscores_in_headers on;", /SCRIPT_NAME/, / off;/],
  ["underscores", checkForgedHeaders, "ignore_invalid_headers off;", /ignore_inv/, / on;/],

  ["headers", headers, inServer(`location / { ${HOST} ${FROM} proxy_pass http://a; }`)],
  ["headers", headers, inServer(`${HOST} ${FROM} ${pass}`)],
  [
    "headers",
    headers,
    inServer(`location / { ${HOST.toLowerCase()} ${FROM} proxy_pass http://a; }`),
  ],
  [
    "no header",
    headers,
    inServer(pass),
    /^location \/ does not set Host and X-Forwarded-For, so the app .*address: add `proxy_set_header Host \$http_host;` and/,
    /Host \$http_host; proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for; proxy_pass/,
  ],
  [
    "inherited headers that lack one",
    headers,
    inServer(`${HOST} ${pass}`),
    /does not set X-Forwarded-For, so/,
    /{ proxy_set_header X-Forwarded-For \$proxy_add\S+; proxy_set_header Host \$host; location/,
  ],
  [
    "headers that a line of the location hides",
    headers,
    inServer(
      `${HOST} proxy_set_header X-Forwarded-For "a b"; location / { proxy_set_header A ""; proxy_pass http://a; }`,
    ),
    /^location \/ does not set Host and X-Forwarded-For \(proxy_set_header lines for A hide the inh/,
    /Host \$host; proxy_set_header X-Forwarded-For "a b"; proxy_set_header A/,
  ],
  [
    "TLS without X-Forwarded-Proto",
    headers,
    inServer(`listen 443 ssl; ${HOST} ${FROM} ${pass}`),
    /does not set X-Forwarded-Proto, so the app takes https for http/,
    /X-Forwarded-Proto \$scheme;/,
  ],
  [
    "two ways to pass on in a location",
    headers,
    inServer("location / { if ($a) { proxy_pass http://a; } proxy_pass http://b; }"),
    /./,
    /^[^]*\$a\) { proxy_pass http:\/\/a; } proxy_set_header Host \S+ proxy_set_header X-\S+ \S+ proxy_pass http:\/\/b; } } }$/,
  ],
  [
    "an `if` block",
    headers,
    inServer("location / { if ($a) { proxy_pass http://a; } if ($b) { proxy_pass http://b; } }"),
    /^if \(\$a\) does not/,
    /^[^(]*{ proxy_set_header Host \S+ proxy_set_header X-\S+ \S+ if \(\$a\) { proxy_pass http:\/\/a; } if[^_]*_pass http:\/\/b; } } } }$/,
  ],

  ["a body", body, inServer(`client_max_body_size 1k; ${pass}`), /1k/, /size 25m; location/],
  [
    "bodies of two locations",
    body,
    inServer(`${pass} location /x { client_max_body_size 2k; proxy_pass http://a; }`),
    /2k/,
    /{ client_max_body_size 25m; proxy.* client_max_body_size 25m; proxy/,
  ],
  ["a time", timeout, inServer(pass), /60s \(nginx's default\)/, /{ proxy_read_timeout 90s; pro/],
  ["a time", timeout, inServer(`proxy_read_timeout 8s; ${pass}`), /8s/, /read_timeout 90s; loc/],

  ["keep-alive", keepAliveOf("1.22.1"), kept("", HTTP11)],
  ["keep-alive of 1.0", keepAliveOf("1.22.1"), kept("keepalive 8;", "")],
  [
    "keep-alive that a header ends",
    keepAliveOf("1.30.6"),
    kept("keepalive 8;", "proxy_set_header Connection close;"),
  ],
  ["no keep-alive", keepAliveOf("1.30.6"), kept("keepalive 0;", "")],
  ["keep-alive of a socket", keepAliveOf("1.30.6"), inServer(pass)],
  ["a short idle time", keepAliveOf("1.22.1"), kept("keepalive 8; keepalive_timeout 4s;", HTTP11)],
  ["tandem's keep-alive", keepAliveOf("1.30.6", 75), kept("", "")],
  ["gunicorn without keep-alive", keepAliveOf("1.30.6", 0), kept("", "")],
  ["sync workers", keepAliveOf("1.30.6", 2, "sync"), kept("", "")],
  [
    "the usual map of websockets",
    keepAliveOf("1.30.6"),
    kept("", "proxy_set_header Connection $connection_upgrade;"),
  ],
  [
    "a map with an explicit keep-alive",
    keepAliveOf("1.22.1"),
    kept("keepalive 8;", "proxy_http_version 1.1; proxy_set_header Connection $c;"),
    /POST/,
    /keepalive_timeout 4s; keepalive 8;/,
  ],
  [
    "keep-alive",
    keepAliveOf("1.22.1"),
    kept("keepalive 8;", HTTP11),
    /upstream a for 60 s, gunicorn for 5 s .*: set --keep-alive to more than 60, or keepalive_timeout in that block to 4s$/,
    /keepalive_timeout 4s; keepalive 8;/,
  ],
  [
    "keep-alive by default",
    keepAliveOf("1.29.7", 1),
    kept("", ""),
    /./,
    /{ keepalive_timeout 500ms; server/,
  ],
  ["keep-alive before 1.29.7", keepAliveOf("1.29.6"), kept("", "")],
  [
    "an idle time as long as gunicorn's",
    keepAliveOf("2.0.0"),
    kept("keepalive_timeout 5s;", ""),
    /for 5 s, gun/,
    /keepalive_timeout 4s;/,
  ],
];

for (const [what, rule, conf, warning, fixed] of rules) {
  Deno.test(`pitfalls: ${what}: ${conf}`, () => {
    const finding = rule(treeOf(conf));
    assert.equal(finding.result === "ok", warning === undefined, formatFinding(finding));
    if (!warning || !fixed) return;
    assert.match(formatFinding(finding), warning);
    const text = applyEdits(conf, toTextEdits(conf, parseDirectives(conf), finding.edits ?? []));
    assert.match(text, fixed);
    assert.equal(rule(treeOf(text)).result, "ok", text);
  });
}

Deno.test("check: workers that end by themselves must not have kept connections, unless gevent's", () => {
  const conf = kept("keepalive 8; keepalive_timeout 1s;", HTTP11);
  const found = (...[workerClass, maxRequests]: [string, number]) =>
    keepAliveOf("1.22.1", 75, workerClass, maxRequests)(treeOf(conf));
  assert.match(formatFinding(found("gthread", 300)), /--max-requests 300 ends: a POST/);
  assert.equal(found("uvicorn.workers.UvicornWorker", 300).result, "warning");
  assert.equal(found("gevent", 300).result, "ok");
  assert.equal(found("gthread", 0).result, "ok");
});
