import assert from "node:assert/strict";
import { parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { buildTree } from "../../../lib/nginx/tree.ts";
import { findProxyLocations } from "../../../lib/nginx/upstreams.ts";
import {
  checkMaxBody,
  checkReadTimeout,
  checkUpstream,
} from "../../../lib/checks/rules/upstream.ts";

const proxied = (http: string) =>
  findProxyLocations(
    buildTree([
      { path: "/n.conf", directives: parseDirectives(`events {} http { ${http} }`) },
    ]),
  );
const server = (text: string) => `server { ${text} }`;
const upstream = "upstream app { server unix:/s fail_timeout=0; }";

const targets: [what: string, http: string, binds: string[], result: "ok" | "warning"][] = [
  ["an upstream", upstream + server("location / { proxy_pass http://app; }"), ["unix:/s"], "ok"],
  ["an upstream, with a path", upstream + server("location / { proxy_pass http://app/x; }"), [
    "unix:/s",
  ], "ok"],
  ["the socket itself", server("location / { proxy_pass http://unix:/s:/x; }"), ["unix:/s"], "ok"],
  [
    "another name of the socket",
    server("location / { proxy_pass http://unix:/link/s; }"),
    ["unix:/s"],
    "ok",
  ],
  ["a port", server("location / { proxy_pass http://127.0.0.1:8000; }"), [
    "unix:/s",
    "0.0.0.0:8000",
  ], "ok"],
  ["a variable", server("location / { proxy_pass http://$app; }"), ["unix:/s"], "ok"],
  ["another socket", server("location / { proxy_pass http://unix:/t; }"), ["unix:/s"], "warning"],
  ["another port", server("location / { proxy_pass http://127.0.0.1:8001; }"), [
    "127.0.0.1:8000",
  ], "warning"],
  ["nothing", server('location / { return 200 "hello"; }'), ["unix:/s"], "warning"],
];

for (const [what, http, binds, result] of targets) {
  Deno.test(`upstream: ${what} is ${result}`, () => {
    const isSame = (one: string, other: string) => one.replace("/link", "") === other;
    assert.equal(checkUpstream(proxied(http), binds, isSame).result, result);
  });
}

const location = "location / { proxy_pass http://unix:/s; }";
const bodies: [string, "ok" | "warning", RegExp][] = [
  [server(location), "warning", /1m \(nginx's default\)/],
  [`client_max_body_size 25m; ${server(location)}`, "ok", /25m/],
  [`client_max_body_size 0; ${server(location)}`, "ok", /no limit/],
  [`client_max_body_size 25m; ${server(`client_max_body_size 5m; ${location}`)}`, "warning", /5m/],
  [
    server(
      `client_max_body_size 5m; location / { client_max_body_size 30M; proxy_pass http://a; }`,
    ),
    "ok",
    /30M/,
  ],
  [
    server(`location /static { client_max_body_size 1k; } client_max_body_size 1g; ${location}`),
    "ok",
    /1g/,
  ],
];

for (const [http, result, found] of bodies) {
  Deno.test(`upstream: body size in ${http} is ${result}`, () => {
    const finding = checkMaxBody(proxied(http));
    assert.equal(finding.result, result);
    assert.match(finding.found, found);
  });
}

const timeouts: [string, number, "ok" | "warning"][] = [
  ["", 60, "ok"],
  ["", 61, "warning"],
  ["", 0, "ok"],
  ["proxy_read_timeout 2m;", 120, "ok"],
  ["proxy_read_timeout 1m59s;", 120, "warning"],
];

for (const [line, timeout, result] of timeouts) {
  Deno.test(`upstream: "${line}" with a gunicorn timeout of ${timeout} s is ${result}`, () => {
    assert.equal(checkReadTimeout(proxied(line + server(location)), timeout).result, result);
  });
}
