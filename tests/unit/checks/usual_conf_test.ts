/** `serve` lets the checks look only where this says that something is unusual, so it must never overlook anything. */

import assert from "node:assert/strict";
import { libc } from "../../../lib/host/system/libc.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { parseDirectives, summarizeConf } from "../../../lib/nginx/directives.ts";
import type { AcceptedConf } from "../../../lib/checks/nginx_test.ts";
import { checkAcceptedConf, parseAcceptedConf } from "../../../lib/checks/nginx_checks.ts";
import { isUsualConf } from "../../../lib/checks/usual_conf.ts";
import { invocationFor } from "../support/invocation_for.ts";

libc(); // Opened once and for good: no test leaks it.

interface Conf {
  main?: string;
  events?: string;
  http?: string;
  listen?: string;
  location?: string;
  temps?: string;
}

const upstream = "upstream app { server unix:SOCKET fail_timeout=0; }";
const viaUpstream = { http: upstream, location: "proxy_pass http://app/;" };

/** Judged by both; SOCKET and FOLDER stand for those of the test. */
const confs: [what: string, conf: Conf, isUsual: boolean][] = [
  ["the socket itself", {}, true],
  ["the socket with a path", { location: "proxy_pass http://unix:SOCKET:/v1;" }, true],
  ["an upstream", viaUpstream, true],
  ["a longer name", { location: "proxy_pass http://unix:SOCKET2;" }, false],
  ["another upstream", { ...viaUpstream, location: "proxy_pass http://other;" }, false],
  ["an upstream that nobody uses", { http: upstream, location: "return 200;" }, false],
  ["a variable", { location: "set $app app; proxy_pass http://$app;" }, false],
  ["daemon on", { main: "daemon on;" }, false],
  ["daemon off", { main: "daemon off;" }, true],
  ["few connections", { events: "worker_connections 16;" }, true],
  ["more connections than files", { events: "worker_connections 9999999999;" }, false],
  ["a limit of its own", { main: "worker_rlimit_nofile 64;" }, false],
  ["deferred", { listen: "unix:FOLDER/n.sock deferred" }, false],
  ["a short shutdown", { main: "worker_shutdown_timeout 1s;" }, false],
  ["a relative folder", { temps: "client_body_temp_path body; proxy_temp_path FOLDER/p;" }, false],
  ["no temp folders at all", { temps: "" }, false],
];

for (const [what, conf, isUsual] of confs) {
  Deno.test(`usual conf: ${what} is ${isUsual ? "" : "un"}usual`, () =>
    inOpenFolder(async (folder) => {
      const plan = planLaunch(invocationFor(["--socket", `${folder}/g.sock`]));
      const answer = answerOf(conf, folder);

      assert.equal(isUsualConf(answer, plan), isUsual);

      const findings = await checkAcceptedConf(parseAcceptedConf(answer), plan);
      const notOk = findings.filter(({ result }) => result !== "ok");
      if (isUsual) assert.deepEqual(notOk, []);
    }));
}

Deno.test("usual conf: a folder that nginx's user may not enter is unusual", () =>
  inOpenFolder((folder) => {
    const plan = planLaunch(invocationFor(["--socket", `${folder}/g.sock`]));
    Deno.chmodSync(folder, 0o700);
    // Who is not root has its workers run as itself.
    assert.equal(isUsualConf(answerOf({}, folder), plan), Deno.uid() !== 0);
    return Promise.resolve();
  }));

Deno.test("usual conf: the folders that nginx was built with count where the conf names none", () =>
  inOpenFolder((folder) => {
    const plan = planLaunch(invocationFor(["--socket", `${folder}/g.sock`]));
    const answer = answerOf({ temps: "" }, folder);
    const told = `configure arguments: --http-client-body-temp-path=${folder}/b ` +
      `--http-proxy-temp-path=${folder}/p`;
    assert.equal(isUsualConf({ ...answer, told }, plan), true);
    return Promise.resolve();
  }));

function answerOf(conf: Conf, folder: string): AcceptedConf {
  const {
    main = "",
    events = "",
    http = "",
    listen = "unix:FOLDER/n.sock",
    location = "proxy_pass http://unix:SOCKET;",
    temps = "client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p;",
  } = conf;
  const text = `${main} events { ${events} } http { ${temps} ${http} ` +
    `server { listen ${listen}; location / { ${location} } } }`;
  const filled = text.replaceAll("SOCKET", `${folder}/g.sock`).replaceAll("FOLDER", folder);
  const dump = `# configuration file ${folder}/nginx.conf:\n${filled}\n`;
  const directives = [...parseDirectives(dump)];
  return { kind: "accepted", dump, told: "", directives, config: summarizeConf(directives) };
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
