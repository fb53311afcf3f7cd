/** `serve` runs every quick rule of `check`: each conf here goes through a stand-in for nginx that prints it. */

import assert from "node:assert/strict";
import { checkNginxBeforeStart } from "../../../lib/checks/nginx_start_check.ts";
import { runPreflight } from "../../../lib/checks/preflight.ts";
import { checkAcceptedConf, parseAcceptedConf } from "../../../lib/checks/quick_nginx_checks.ts";
import { testNginx } from "../../../lib/checks/nginx_test.ts";
import { runQuickChecks } from "../../../lib/checks/quick_checks.ts";
import type { Reaper } from "../../../lib/host/process/reaper.ts";
import { monotonicClock as clock } from "../../../lib/host/system/clock.ts";
import { libc } from "../../../lib/host/system/libc.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import type { Invocation } from "../../../lib/plan/settings.ts";
import { invocationFor } from "../support/invocation_for.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

/** The runtime waits for the children of a test itself. */
const reaper: Reaper = {
  exclude() {},
  next: () => new Promise(() => {}),
  reaped: 0,
  close() {},
};
const tools = { clock, reaper, signal: new AbortController().signal };

interface ConfParts {
  main?: string;
  events?: string;
  http?: string;
  listen?: string;
  location?: string;
  temps?: string;
}

const upstream = "upstream app { server unix:SOCKET fail_timeout=0; }";
const throughUpstream = { http: upstream, location: "proxy_pass http://app/;" };
const stream = "stream { server { listen unix:FOLDER/s.sock; proxy_pass unix:SOCKET; } }";

/** SOCKET and FOLDER are replaced by those of the test. */
const confs: [what: string, conf: ConfParts, warnings: string[]][] = [
  ["the socket itself", {}, []],
  ["the socket with a path", { location: "proxy_pass http://unix:SOCKET:/v1;" }, []],
  ["an upstream", throughUpstream, []],
  ["a longer name", { location: "proxy_pass http://unix:SOCKET2;" }, ["proxy_pass"]],
  ["another upstream", { ...throughUpstream, location: "proxy_pass http://x;" }, ["proxy_pass"]],
  ["an unused upstream", { http: upstream, location: "return 200;" }, ["proxy_pass"]],
  ["a stream to the socket", { main: stream, location: "return 200;" }, ["proxy_pass"]],
  ["a variable", { location: "set $app app; proxy_pass http://$app;" }, []],
  ["daemon off", { main: "daemon off;" }, []],
  ["few connections", { events: "worker_connections 16;" }, []],
  ["more connections than files", { events: "worker_connections 9999999999;" }, ["open files"]],
  ["a low limit of its own", { main: "worker_rlimit_nofile 64;" }, ["open files"]],
  ["deferred", { listen: "unix:FOLDER/n.sock deferred" }, ["deferred"]],
  ["a short shutdown", { main: "worker_shutdown_timeout 1s;" }, ["worker_shutdown_timeout"]],
];

for (const [what, parts, warnings] of confs) {
  Deno.test(`preflight: a conf with ${what} gets the same warnings in serve and check`, () =>
    inOpenFolder(async (folder) => {
      const { plan } = prepare(folder, parts);
      const serve = await checkNginxBeforeStart(plan, tools);
      assert.ok(serve.kind === "accepted");
      assert.deepEqual(serve.warnings.map(({ name }) => name), warnings);

      const answer = await testNginx(plan.nginx, reaper);
      assert.ok(answer.kind === "accepted");
      const check = await checkAcceptedConf(parseAcceptedConf(answer), plan);
      assert.deepEqual(serve.warnings, check.filter(({ result }) => result !== "ok"));
    }));
}

Deno.test("preflight: daemon on is refused", () =>
  inOpenFolder(async (folder) => {
    const { plan } = prepare(folder, { main: "daemon on;" });
    const serve = await checkNginxBeforeStart(plan, tools);
    assert.ok(serve.kind === "refused");
    assert.match(serve.complaint, /`daemon on`/);
  }));

Deno.test("preflight: a folder that nginx's user cannot enter is a warning", () =>
  inOpenFolder(async (folder) => {
    const { plan } = prepare(folder, {});
    Deno.chmodSync(folder, 0o700);
    const serve = await checkNginxBeforeStart(plan, tools);
    assert.ok(serve.kind === "accepted");
    // Without root, nginx's workers run as the same user.
    const expected = Deno.uid() === 0 ? ["nginx's user"] : [];
    assert.deepEqual(serve.warnings.map(({ name }) => name), expected);
  }));

const commandLines: [what: string, args: string[], warnings: string[]][] = [
  ["no flags", [], []],
  ["a grace period of 1 s", ["--grace-period", "1"], ["graceful timeout"]],
  ["a long graceful timeout", ["--", "--graceful-timeout", "60"], ["graceful timeout"]],
  ["a long drain delay", ["--drain-delay", "23"], ["drain delay"]],
  ["settings that the conf does not use", ["--max-body", "1m", "--log-probes"], ["settings"]],
  ["a state folder under a file", ["--state-dir", "FOLDER/nginx/state"], ["state"]],
];

for (const [what, args, warnings] of commandLines) {
  Deno.test(`preflight: ${what} gets the same warnings in serve and check`, () =>
    inOpenFolder(async (folder) => {
      const { plan, request } = prepare(folder, {}, args);
      const { findings: serve } = await runPreflight(plan, request, { clock, reaper });
      assert.deepEqual(serve.map(({ name, result }) => `${result} ${name}`), [
        ...warnings.map((name) => `warning ${name}`),
      ]);
      const check = await runQuickChecks(plan, request);
      assert.deepEqual(serve, check.filter(({ result }) => result !== "ok"));
    }));
}

/** Writes the conf, and an nginx that accepts it and prints it as `nginx -T` does. */
function prepare(folder: string, parts: ConfParts, args: string[] = []) {
  const {
    main = "",
    events = "",
    http = "",
    listen = "unix:FOLDER/n.sock",
    location = "proxy_pass http://unix:SOCKET;",
    temps = "client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p;",
  } = parts;
  const socket = `${folder}/g.sock`;
  const filled = (text: string) => text.replaceAll("SOCKET", socket).replaceAll("FOLDER", folder);
  const conf = `${folder}/nginx.conf`;
  const nginx = `${folder}/nginx`;
  for (const name of ["b", "p"]) Deno.mkdirSync(`${folder}/${name}`);
  Deno.writeTextFileSync(
    conf,
    filled(
      `${main} events { ${events} } http { ${temps} ${http} ` +
        `server { listen ${listen}; location / { ${location} } } }\n`,
    ),
  );
  Deno.writeTextFileSync(
    nginx,
    `#!/bin/sh\necho "# configuration file ${conf}:"\ncat ${conf}\n`,
    { mode: 0o755 },
  );
  const request: Invocation = invocationFor([
    ...["--nginx", nginx, "--gunicorn", nginx, "--nginx-conf", conf, "--socket", socket],
    ...["--chdir", folder, "--state-dir", `${folder}/state`],
    ...args.map(filled),
  ]);
  return { request, plan: planLaunch(request) };
}

async function inOpenFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "tandem-unit-" });
  try {
    Deno.chmodSync(folder, 0o755);
    await test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
