import assert from "node:assert/strict";
import type { Deadlines } from "../../../lib/plan/launch_plan.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { readTree } from "../../../lib/nginx/tree.ts";
import {
  judgeMemory,
  judgeOpenFiles,
  judgeWorkers,
} from "../../../lib/checks/rules/capacity.ts";
import {
  judgeComplaint,
  judgeDaemon,
  judgeDeferred,
  judgeShutdownTimeout,
} from "../../../lib/checks/rules/conf.ts";
import { judgePid, judgePort } from "../../../lib/checks/rules/deployment.ts";
import { interpreterOf, judgeExecutable } from "../../../lib/checks/rules/executables.ts";
import { type Finding, inOneLine } from "../../../lib/checks/rules/finding.ts";
import { judgeDaemonFlag, judgeOwnSettings } from "../../../lib/checks/rules/gunicorn.ts";
import { judgeLink } from "../../../lib/checks/rules/links.ts";
import { judgeLogs } from "../../../lib/checks/rules/logs.ts";
import { judgePassage, judgeTempFolders } from "../../../lib/checks/rules/worker_access.ts";
import { judgeSocket, judgeStateFolder } from "../../../lib/checks/rules/places.ts";
import {
  judgeDrainDelay,
  judgeGracefulTimeout,
  judgeStopBudget,
} from "../../../lib/checks/rules/stop_budget.ts";
import { requestFor } from "../support/invocation_for.ts";

const MB = 1024 * 1024;
const conf = (text: string) => readTree({ main: "/n.conf", texts: new Map([["/n.conf", text]]) });
const launch = (...args: string[]) => planLaunch(requestFor(args));
const deadlines = (drainDelay: number, nginx: number): Deadlines => ({
  drainDelay,
  nginx,
  kill: 25_000,
});
const link = { path: "/log/access.log", target: "/dev/stdout" };
const nginx = { name: "nginx", executable: "nginx" } as const;
const plainListen = (port: number) => ({
  text: `${port}`,
  address: { transport: "tcp" as const, hostname: "127.0.0.1", port },
  plainHttp: true,
});

/** What is fine, and on the other side of the border what is not, with the whole line. */
const judged: [Finding, Finding["result"], RegExp][] = [
  [judgeExecutable(nginx, "/bin/nginx"), "ok", /^\/bin\/nginx$/],
  [judgeExecutable(nginx, "/n", { version: "nginx/1" }), "ok", /^nginx\/1 \(\/n\)$/],
  [
    judgeExecutable(nginx, "/n", { complaint: "No such file" }),
    "failed",
    /^\/n does not run: No such file: mend it, or correct --nginx$/,
  ],
  [judgeExecutable(nginx, undefined), "failed", /^cannot find nginx on PATH: install nginx, or/],

  [judgeSocket("/s", { kind: "nothing" }), "ok", /free/],
  [judgeSocket("/s", { kind: "stale" }), "ok", /stale.*gunicorn replaces it/],
  [judgeSocket("/s", { kind: "live", holder: "x, pid 1" }), "failed", /already \(x, pid 1\): stop/],
  [judgeStateFolder("/s", { kind: "writable" }, true), "ok", /./],
  [judgeStateFolder("/s", { kind: "missing" }, false), "warning", /status, reload and stop/],
  [judgeStateFolder("/s", { kind: "closed", why: "w" }, true), "failed", /\/s \(w\), .*built-in/],

  [judgeLink(link, { kind: "right" }), "ok", /^\/log\/access\.log -> \/dev\/stdout$/],
  [judgeLink(link, { kind: "wrong", now: "a file" }), "ok", /is a file: serve makes it a link/],
  [judgeLink(link, { kind: "impossible", why: "because" }), "warning", /because: .*--no-log-links/],

  [judgeComplaint('unknown directive "x" in /n.conf:3'), "failed", /:3: correct that line$/],
  [judgeComplaint('open() "/p" failed (13: Permission denied)'), "failed", /let tandem write/],
  [judgeComplaint('open() "/p" failed (2: No such file)'), "failed", /: make it, or correct/],
  [judgeDaemon(undefined), "ok", /tandem adds/],
  [judgeDaemon("off"), "ok", /says/],
  [judgeDaemon("on"), "failed", /: take that line out$/],

  [judgeDeferred(conf("http { server { listen 80 reuseport; } }")), "ok", /./],
  [judgeDeferred(conf("http { server { listen 80 deferred; } }")), "warning", /`listen 80 def/],
  [judgeShutdownTimeout(conf(""), deadlines(5000, 20_000)), "ok", /15 s/],
  [judgeShutdownTimeout(conf("worker_shutdown_timeout 15s;"), deadlines(5000, 20_000)), "ok", /./],
  [
    judgeShutdownTimeout(conf("worker_shutdown_timeout 14s;"), deadlines(5000, 20_000)),
    "warning",
    /`worker_shutdown_timeout 14s` .* for 15 s: /,
  ],

  [judgeOpenFiles(conf("events {}"), 1024), "ok", /512 worker_connections need up to 1024/],
  [judgeOpenFiles(conf("events {}"), 1023), "warning", /1023 are allowed.*to 511$/],
  [judgeOpenFiles(conf("events { worker_connections 40; }"), 64), "warning", /to 32$/],
  [judgeOpenFiles(conf("worker_rlimit_nofile 2048; events {}"), 64), "ok", /2048 are allowed/],
  [judgeWorkers(8, 2), "ok", /^8 gunicorn workers for 2 CPUs$/],
  [judgeWorkers(9, 2), "warning", /set --workers to 5 or less/],
  [judgeMemory(4, Infinity), "ok", /about 220 MB .*4 × 30 MB.*no limit/],
  [judgeMemory(4, 220 * MB), "ok", /220 MB are allowed/],
  [judgeMemory(4, 219 * MB), "warning", /219 MB are allowed.*set --workers to 3 or less/],
  [judgeMemory(4, 899 * MB, 200 * MB - 1), "warning", /^about 900 MB \(4 × 200 MB.*--workers to 3/],
  [judgeMemory(4, 110 * MB), "warning", /: raise the limit$/],

  [judgeStopBudget(launch("--grace-period", "27")), "ok", /may take 30 s/],
  [
    judgeStopBudget(launch("--grace-period", "28")),
    "warning",
    /31 s.*--grace-period to 27 or less/,
  ],
  [judgeGracefulTimeout(launch()), "ok", /20 s to end, within the 25 s/],
  [judgeGracefulTimeout(launch("--", "--graceful-timeout", "24")), "ok", /24 s/],
  [judgeGracefulTimeout(launch("--", "--graceful-timeout=25")), "warning", /25 s to end.*to 20 or/],
  [judgeDrainDelay(deadlines(0, 20_000)), "ok", /none/],
  [judgeDrainDelay(deadlines(18_000, 20_000)), "ok", /^18 s, .* for 2 s$/],
  [judgeDrainDelay(deadlines(19_000, 20_000)), "warning", /leaves nginx 1 s/],
  [judgeDrainDelay(deadlines(24_000, 20_000)), "warning", /leaves nginx 0 s/],

  [judgeDaemonFlag(launch().gunicorn.args), "ok", /./],
  [judgeDaemonFlag(launch("--", "-D").gunicorn.args), "failed", /gunicorn's flag -D/],
  [judgeOwnSettings([], undefined), "ok", /no conf file/],
  [
    judgeOwnSettings(["gunicorn.conf.py"], "--preload"),
    "ok",
    /py and GUNICORN_CMD_ARGS \(--preload/,
  ],

  [judgeLogs(["/log/access.log", "/dev/stderr"], [link]), "ok", /./],
  [judgeLogs(["/log/other.log"], [link]), "warning", /other\.log.*: log to \/log\/access\.log/],
  [judgeLogs(["/log/other.log"], []), "ok", /--no-log-links/],
  [judgePassage("nobody", [{ to: "x", path: "/a/b", closed: undefined }]), "ok", /nobody/],
  [
    judgePassage("nobody", [{ to: "its temp folder", path: "/a/b", closed: "/a" }]),
    "warning",
    /nobody, who may not enter \/a .* its temp folder \(\/a\/b\): let nobody pass/,
  ],
  [judgeTempFolders([{ path: "/t", room: { kind: "missing" } }]), "ok", /./],
  [
    judgeTempFolders([{ path: "/t", room: { kind: "closed", why: "because" } }]),
    "warning",
    /^nginx cannot write to \/t \(because\).*: let it write there/,
  ],
  [judgePid(1), "ok", /^PID 1/],
  [judgePid(7), "ok", /^not PID 1/],
  [judgePort([plainListen(8080)], 9000, false), "ok", /./],
  [judgePort([plainListen(9000)], 9000, true), "ok", /./],
  [judgePort([plainListen(8080)], 9000, true), "warning", /--port 9000 .* listens on 8080: /],
];

for (const [finding, result, line] of judged) {
  Deno.test(`checks: ${result}: ${inOneLine(finding)}`, () => {
    assert.equal(finding.result, result);
    assert.match(inOneLine(finding), line);
    assert.equal(finding.mend === undefined, result === "ok", "what is not ok has a mend");
  });
}

const interpreters: [string, string | undefined][] = [
  ["#!/usr/bin/python3\nimport re\n", "/usr/bin/python3"],
  ["#!/usr/bin/env python3\n", "python3"],
  ["#!/usr/bin/env -S A=1 python3.11 -u\n", "python3.11"],
  ["#! /opt/venv/bin/python -sP\n", "/opt/venv/bin/python"],
  ["#!/bin/sh\n'''exec' /a/very/long/python \"$0\" \"$@\"\n' '''\n", "/a/very/long/python"],
  ["#!/bin/sh\necho hello\n", undefined],
  ["\x7fELF", undefined],
];

for (const [script, python] of interpreters) {
  Deno.test(`checks: the interpreter of ${JSON.stringify(script)} is ${python}`, () => {
    assert.equal(interpreterOf(script), python);
  });
}
