import assert from "node:assert/strict";
import type { Deadlines } from "../../../lib/plan/launch_plan.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { parseDirectives } from "../../../lib/nginx/directive_reader.ts";
import { buildTree } from "../../../lib/nginx/tree.ts";
import { checkMemory, checkOpenFiles, checkWorkers } from "../../../lib/checks/rules/capacity.ts";
import {
  checkConfError,
  checkDeferred,
  checkNginxProcesses,
  checkShutdownTimeout,
} from "../../../lib/checks/rules/conf.ts";
import { checkPid, checkPort } from "../../../lib/checks/rules/deployment.ts";
import { checkExecutable, interpreterOf } from "../../../lib/checks/rules/executables.ts";
import { type Finding, formatFinding } from "../../../lib/checks/rules/finding.ts";
import {
  checkGunicornSettings,
  checkOwnSettings,
  checkSettingsComplaint,
  checkWorkerClass,
  findDaemonFlag,
  type NotServing,
  type ProbeResult,
} from "../../../lib/checks/rules/gunicorn.ts";
import { checkLink } from "../../../lib/checks/rules/links.ts";
import { checkListen } from "../../../lib/checks/rules/listens.ts";
import { checkLogs } from "../../../lib/checks/rules/logs.ts";
import { checkTempFolders, checkWorkerAccess } from "../../../lib/checks/rules/worker_access.ts";
import { checkSocket, checkStateFolder } from "../../../lib/checks/rules/places.ts";
import {
  checkDrainDelay,
  checkGracefulTimeout,
  checkStopBudget,
} from "../../../lib/checks/rules/stop_budget.ts";
import { platforms } from "../../../lib/plan/platforms.ts";
import { invocationFor } from "../support/invocation_for.ts";

const MIB = 1024 * 1024;
function gunicornSettings(...notServing: NotServing[]) {
  return checkGunicornSettings(
    { bind: ["unix:/tmp/gunicorn.sock"], notServing, chosen: [] },
    "/tmp/gunicorn.sock",
  );
}

function workerClass(name: string, isKnown: boolean) {
  const probe = { workerClass: { name, isKnown, complaint: "not found" } } as ProbeResult;
  return checkWorkerClass(probe, "/python");
}

const conf = (text: string) => buildTree([{ path: "/n.conf", directives: parseDirectives(text) }]);
const launch = (...args: string[]) => planLaunch(invocationFor(args));
const deadlines = (drainDelay: number, nginx: number): Deadlines => ({
  drainDelay,
  nginx,
  grace: 25_000,
});
const confError = (complaint: string, ...flags: string[]) =>
  checkConfError(complaint, launch("--nginx-conf", "/n.conf", ...flags));
const link = { path: "/log/access.log", target: "/dev/stdout" };
const nginx = { name: "nginx", executable: "nginx" } as const;
const listenOn = (port: number) => ({
  text: `${port}`,
  address: { transport: "tcp" as const, hostname: "127.0.0.1", port },
  plainHttp: true,
});

const unixListen = {
  text: "unix:/n",
  address: { transport: "unix" as const, path: "/n" },
  plainHttp: true,
};

/** Each rule on both sides of its limit, with the whole line. */
const cases: [Finding, Finding["result"], RegExp][] = [
  [checkExecutable(nginx, "/bin/nginx"), "ok", /^\/bin\/nginx$/],
  [checkExecutable(nginx, "/n", { version: "nginx/1" }), "ok", /^nginx\/1 \(\/n\)$/],
  [
    checkExecutable(nginx, "/n", { complaint: "No such file" }),
    "failed",
    /^\/n does not run: No such file: fix it, or correct --nginx$/,
  ],
  [checkExecutable(nginx, undefined), "failed", /^cannot find nginx on PATH: install nginx, or/],

  [checkListen(unixListen, { kind: "nothing" }), "ok", /^unix:\/n is free/],
  [checkListen(unixListen, { kind: "stale" }), "ok", /stale.*serve removes it/],
  [checkListen(unixListen, { kind: "live", holder: "x, pid 1" }), "failed", /in use \(x, pid 1\)/],
  [checkListen(unixListen, { kind: "stale, another's", owner: "root" }), "failed", /to root, so/],
  [checkListen(unixListen, { kind: "no socket" }), "failed", /not a socket, so nginx/],
  [checkSocket("/s", { kind: "nothing" }), "ok", /free/],
  [checkSocket("/s", { kind: "stale" }), "ok", /stale.*gunicorn replaces it/],
  [checkSocket("/s", { kind: "live", holder: "x, pid 1" }), "failed", /in use \(x, pid 1\): stop/],
  [checkStateFolder("/s", { kind: "writable" }, true), "ok", /./],
  [checkStateFolder("/s", { kind: "missing" }, false), "warning", /status, reload and stop/],
  [checkStateFolder("/s", { kind: "another's", owner: "bob" }, false), "failed", /bob, who could/],
  [checkStateFolder("/s", { kind: "occupied", path: "/s/x" }, false), "failed", /\/x was not made/],
  [
    checkStateFolder("/s", { kind: "open", mode: "0777", isMount: false }, false),
    "failed",
    /other users could .* \(mode 0777\): run chmod \+t \/s, or/,
  ],
  [
    checkStateFolder("/s", { kind: "open", mode: "0777", isMount: true }, true),
    "warning",
    /mount it with mode 0755 or 1777/,
  ],
  [checkStateFolder("/s", { kind: "closed", why: "w" }, true), "failed", /\/s \(w\), .*built-in/],

  [checkLink(link, { kind: "right" }), "ok", /^\/log\/access\.log -> \/dev\/stdout$/],
  [
    checkLink(link, { kind: "wrong", now: "a file" }),
    "ok",
    /is a file: serve replaces it with a link/,
  ],
  [
    checkLink(link, { kind: "impossible", why: "because" }),
    "warning",
    /because: run `tandem link-/,
  ],
  [checkLink(link, { kind: "impossible", why: "because" }, true), "ok", /left alone: the built-in/],

  [confError('unknown directive "x" in /n.conf:3'), "failed", /:3: fix that line$/],
  [confError('open() "/p" failed (13: Permission denied)'), "failed", /: make that path writable/],
  [confError('open() "/p" failed (2: No such file)'), "failed", /: create it, or correct/],
  [confError("the test was killed by SIGKILL"), "failed", /: find out what killed it/],
  [
    confError('open() "/var/log/nginx/error.log" failed (30: Read-only file system)'),
    "failed",
    /: run `tandem link-logs` when the image is built, or /,
  ],
  [
    confError('open() "/var/log/nginx/error.log" failed (30: x)', "--no-log-links"),
    "failed",
    /: make that path writable/,
  ],
  [
    confError('open() "/l/error.log" failed (30: x)', "--no-log-links", "--nginx-conf", "builtin"),
    "failed",
    /: remove --no-log-links$/,
  ],
  [confError('open() "/run/nginx.pid" failed (13: x)'), "failed", /: set `pid` to a path /],
  [confError('mkdir() "/lib/nginx/body" failed (30: x)'), "failed", /a tmpfs on \/lib\/nginx, or/],
  [checkNginxProcesses({ daemon: undefined, singleProcess: false }, conf("")), "ok", /tandem adds/],
  [checkNginxProcesses({ daemon: "off", singleProcess: false }, conf("")), "ok", /says/],
  [
    checkNginxProcesses({ daemon: "on", singleProcess: false }, conf("")),
    "failed",
    /: remove that line$/,
  ],
  [
    checkNginxProcesses({ daemon: "off", singleProcess: true }, conf("")),
    "failed",
    /master_process off/,
  ],

  [checkDeferred(conf("http { server { listen 80 reuseport; } }")), "ok", /./],
  [checkDeferred(conf("http { server { listen 80 deferred; } }")), "warning", /`listen 80 def/],
  [checkShutdownTimeout(conf(""), deadlines(5000, 20_000)), "ok", /15 s/],
  [checkShutdownTimeout(conf("worker_shutdown_timeout 15s;"), deadlines(5000, 20_000)), "ok", /./],
  [
    checkShutdownTimeout(conf("worker_shutdown_timeout 14s;"), deadlines(5000, 20_000)),
    "warning",
    /`worker_shutdown_timeout 14s` .* within 15 s: /,
  ],

  [checkOpenFiles(conf("events {}"), 1024), "ok", /512 worker_connections need up to 1024/],
  [checkOpenFiles(conf("events {}"), 1023), "warning", /only 1023 are allowed.*to 511$/],
  [checkOpenFiles(conf("events { worker_connections 40; }"), 64), "warning", /to 32$/],
  [checkOpenFiles(conf("worker_rlimit_nofile 2048; events {}"), 64), "ok", /2048 are allowed/],
  [checkWorkers(8, 2), "ok", /^8 gunicorn workers for 2 CPUs$/],
  [checkWorkers(9, 2), "warning", /set --workers to 5 or less/],
  [checkMemory(4, Infinity), "ok", /about 220 MiB .*4 × 30 MiB.*no limit/],
  [checkMemory(4, 220 * MIB), "ok", /220 MiB are allowed/],
  [checkMemory(4, 219 * MIB), "warning", /only 219 MiB are allowed.*set --workers to 3 or less/],
  [
    checkMemory(4, 899 * MIB, 200 * MIB - 1),
    "warning",
    /^about 900 MiB \(4 × 200 MiB.*--workers to 3/,
  ],
  [checkMemory(4, 110 * MIB), "warning", /: raise the limit$/],

  [checkStopBudget(launch("--grace-period", "26")), "ok", /may take 30 s/],
  [
    checkStopBudget(launch("--grace-period", "27")),
    "warning",
    /31 s.*--grace-period to 26 or less/,
  ],
  [
    checkStopBudget(launch("--grace-period", "27"), platforms.kubernetes),
    "warning",
    /but Kubernetes kills after 30 s unless terminationGracePeriodSeconds is set: set terminationGracePeriodSeconds to 31 or more, or set --grace-period to 26 or less$/,
  ],
  [checkStopBudget(launch(), platforms.kubernetes), "ok", /Kubernetes waits 30 s unless termin/],
  [
    checkStopBudget(launch(), platforms.cloudrun),
    "warning",
    /29 s .* but Cloud Run kills after 10 s: set --grace-period to 6 or less$/,
  ],
  [
    checkStopBudget(launch("--grace-period", "6"), platforms.cloudrun),
    "ok",
    /may take 10 s .*; Cloud Run waits 10 s$/,
  ],
  [
    checkStopBudget(launch("--grace-period", "116"), platforms.ecs),
    "warning",
    /: set stopTimeout to 120 or more, or set --grace-period to 26 or less$/,
  ],
  [
    checkStopBudget(launch("--grace-period", "117"), platforms.ecs),
    "warning",
    /: set stopTimeout to 120, and --grace-period to 116 or less$/,
  ],
  [checkStopBudget(launch("--grace-period", "86"), platforms.systemd), "ok", /systemd waits 90 s/],
  [checkStopBudget(launch("--grace-period", "87"), platforms.systemd), "warning", /TimeoutStopSec/],
  [checkStopBudget(launch(), platforms.supervisord), "warning", /supervisord kills after 10 s unl/],
  [checkStopBudget(launch("--grace-period", "999"), platforms.s6), "ok", /s6 waits until it is ov/],
  [checkGracefulTimeout(launch()), "ok", /20 s to exit, within --grace-period \(25 s\)/],
  [checkGracefulTimeout(launch("--", "--graceful-timeout", "24")), "ok", /24 s/],
  [
    checkGracefulTimeout(launch("--", "--graceful-timeout=25")),
    "warning",
    /25 s to exit.*to 20 or/,
  ],
  [
    checkGracefulTimeout(launch("--grace-period", "1")),
    "warning",
    /1 s to exit .* killed after 1 s .*: raise --grace-period above 1$/,
  ],
  [checkDrainDelay(deadlines(0, 20_000)), "ok", /none/],
  [checkDrainDelay(deadlines(18_000, 20_000)), "ok", /^18 s, .* for 2 s$/],
  [checkDrainDelay(deadlines(19_000, 20_000)), "warning", /leaves nginx 1 s/],
  [checkDrainDelay(deadlines(24_000, 20_000)), "warning", /leaves nginx 0 s/],

  [gunicornSettings(), "ok", /foreground and listens on unix:\/tmp\/gunicorn\.sock$/],
  [
    gunicornSettings({ name: "daemon", origin: "file" }),
    "failed",
    /`daemon` in gunicorn's conf file .* the background.*: remove it$/,
  ],
  [gunicornSettings({ name: "check_config", origin: "variable" }), "failed", /GUNICORN_CMD_ARGS/],
  [
    checkGunicornSettings({ bind: ["127.0.0.1:8000"], notServing: [], chosen: [] }, "/tmp/g.sock"),
    "failed",
    /listens on 127\.0\.0\.1:8000, not on \/tmp\/g\.sock/,
  ],
  [checkSettingsComplaint("unrecognized arguments: --foo"), "failed", /--foo: correct/],
  [findDaemonFlag(launch("--", "-D").gunicorn.args)!, "failed", /`daemon` in the arguments/],
  [workerClass("eventlet", true), "failed", /: install eventlet for \/python/],
  [workerClass("eventlet", false), "failed", /: choose .* this version of gunicorn/],
  [workerClass("evenlet", false), "failed", /: correct --worker-class$/],
  [checkOwnSettings([], false), "ok", /no conf file/],
  [checkOwnSettings(["gunicorn.conf.py"], true), "ok", /py and GUNICORN_CMD_ARGS;/],

  [checkLogs(["/log/access.log", "/dev/stderr"], [link]), "ok", /./],
  [checkLogs(["/log/other.log"], [link]), "warning", /other\.log.*: log to \/log\/access\.log/],
  [checkLogs(["/log/other.log"], []), "ok", /--no-log-links/],
  [
    checkWorkerAccess("nobody", [{ purpose: "x", path: "/a/b", closedFolder: undefined }]),
    "ok",
    /nobody/,
  ],
  [
    checkWorkerAccess("nobody", [{ purpose: "its temp folder", path: "/a/b", closedFolder: "/a" }]),
    "warning",
    /nobody, who cannot enter \/a .* its temp folder \(\/a\/b\): allow it \(chmod o\+x \/a\)/,
  ],
  [checkTempFolders([{ path: "/t", access: { kind: "missing" } }]), "ok", /./],
  [
    checkTempFolders([{ path: "/t", access: { kind: "closed", why: "because" } }]),
    "warning",
    /^nginx cannot write to \/t \(because\).*: make that folder writable/,
  ],
  [checkPid(1), "ok", /^PID 1/],
  [checkPid(7), "ok", /^not PID 1/],
  [checkPort([listenOn(8080)], undefined), "ok", /./],
  [checkPort([listenOn(9000)], { port: 9000, name: "--port" }), "ok", /./],
  [
    checkPort([listenOn(8080)], { port: 9000, name: "SAGEMAKER_BIND_TO_PORT" }),
    "warning",
    /^SAGEMAKER_BIND_TO_PORT 9000 .* listens on 8080: .* or remove SAGEMAKER_BIND_TO_PORT$/,
  ],
];

for (const [finding, result, line] of cases) {
  Deno.test(`checks: ${result}: ${formatFinding(finding)}`, () => {
    assert.equal(finding.result, result);
    assert.match(formatFinding(finding), line);
    assert.equal(finding.fix === undefined, result === "ok", "a finding that is not ok has a fix");
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
