import assert from "node:assert/strict";
import fc from "fast-check";
import { type Deadlines, inForeground, planLaunch } from "../../../lib/plan/launch_plan.ts";
import { bareImage, invocationFor } from "../support/invocation_for.ts";

const plan = (...args: string[]) => planLaunch(invocationFor(args));
const without = (args: string[], flag: string) =>
  args.filter((arg, index) => arg !== flag && args[index - 1] !== flag);
const valueOf = (args: string[], flag: string) => args[args.indexOf(flag) + 1];

Deno.test("launch plan: without a flag both children are started as by the old serve script", () => {
  const { nginx, gunicorn, links, socket } = plan();

  // Its lines were: nginx -c /opt/program/nginx.conf, and
  // gunicorn --timeout 60 -k gevent -b unix:/tmp/gunicorn.sock -w <CPUs> wsgi:app
  assert.deepEqual([nginx.executable, ...nginx.args], ["nginx", "-c", "/opt/program/nginx.conf"]);
  assert.deepEqual(
    [gunicorn.executable, ...without(gunicorn.args, "--graceful-timeout")].join(" "),
    "gunicorn --timeout 60 -k gevent -b unix:/tmp/gunicorn.sock -w 4 wsgi:app",
  );
  assert.equal(gunicorn.cwd, "/opt/program");
  assert.equal(socket, "/tmp/gunicorn.sock");
  assert.deepEqual(links, [
    { path: "/var/log/nginx/access.log", target: "/dev/stdout" },
    { path: "/var/log/nginx/error.log", target: "/dev/stderr" },
  ]);
});

Deno.test("launch plan: gunicorn's --graceful-timeout fits into the grace period", () => {
  assert.deepEqual(plan().gunicorn.args, [
    ...["--timeout", "60", "-k", "gevent", "-b", "unix:/tmp/gunicorn.sock", "-w", "4"],
    ...["--graceful-timeout", "20", "wsgi:app"],
  ]);
});

Deno.test("launch plan: each setting reaches gunicorn", () => {
  const { gunicorn } = plan(
    ...["--timeout", "0", "--worker-class", "gthread", "--socket", "/run/x.sock"],
    ...["--workers", "16", "--app", "main:make()", "--gunicorn", "/venv/bin/gunicorn"],
    ...["--chdir", "/srv/app"],
  );
  assert.equal(gunicorn.executable, "/venv/bin/gunicorn");
  assert.equal(gunicorn.cwd, "/srv/app");
  assert.deepEqual(without(gunicorn.args, "--graceful-timeout"), [
    ...["--timeout", "0", "-k", "gthread", "-b", "unix:/run/x.sock", "-w", "16", "main:make()"],
  ]);
});

Deno.test("launch plan: gunicorn arguments come right before the app, so they override tandem's", () => {
  const { args } = plan("--workers", "2", "--", "--max-requests", "1000", "-w", "3").gunicorn;
  assert.deepEqual(args.slice(-5), ["--max-requests", "1000", "-w", "3", "wsgi:app"]);
});

Deno.test("launch plan: each child's stop signal is the one that finishes its requests", () => {
  assert.equal(plan().nginx.stopSignal, "SIGQUIT");
  assert.equal(plan().gunicorn.stopSignal, "SIGTERM");
});

Deno.test("launch plan: relative paths start at the caller's directory, not at nginx's or the app's", () => {
  const { nginx, gunicorn } = plan("--nginx-conf", "conf/my.conf", "--chdir", "app");
  assert.deepEqual(nginx.args, ["-c", "/opt/program/conf/my.conf"]);
  assert.equal(nginx.cwd, "/opt/program");
  assert.equal(gunicorn.cwd, "/opt/program/app");
});

Deno.test("launch plan: an executable is a name on PATH, or a path from the caller's directory", () => {
  const { nginx, gunicorn } = plan(
    ...["--nginx", "./nginx", "--gunicorn", "venv/bin/gunicorn", "--chdir", "app"],
  );
  assert.equal(nginx.executable, "/opt/program/./nginx");
  assert.equal(gunicorn.executable, "/opt/program/venv/bin/gunicorn");
  assert.equal(plan("--gunicorn", "gunicorn-3.11").gunicorn.executable, "gunicorn-3.11");
});

Deno.test("launch plan: without a user's conf, the built-in one goes to the state folder", () => {
  const bare = planLaunch(invocationFor(["--state-dir", "/var/run/x"], {}, bareImage));
  assert.deepEqual(bare.builtInConf, { path: "/var/run/x/tandem-nginx/nginx.conf" });
  assert.deepEqual(bare.nginx.args, ["-c", "/var/run/x/tandem-nginx/nginx.conf"]);
  assert.equal(plan().builtInConf, undefined);
});

Deno.test("launch plan: --log-dir and --no-log-links", () => {
  assert.deepEqual(plan("--log-dir", "/logs").links.map(({ path }) => path), [
    "/logs/access.log",
    "/logs/error.log",
  ]);
  assert.deepEqual(plan("--no-log-links").links, []);
});

Deno.test("launch plan: times become milliseconds", () => {
  const { deadlines, startTimeout } = plan(
    ...["--grace-period", "60", "--drain-delay", "10", "--start-timeout", "90"],
  );
  assert.equal(startTimeout, 90_000);
  assert.equal(deadlines.drainDelay, 10_000);
  assert.equal(deadlines.grace, 60_000);
  assert.equal(plan().startTimeout, 0);
  assert.deepEqual(plan().deadlines, { drainDelay: 0, nginx: 20_000, grace: 25_000 });
});

const graces: [gracePeriod: number, nginx: number, graceful: string][] = [
  [1, 500, "1"],
  [2, 1000, "1"],
  [5, 4000, "4"],
  [9, 8000, "8"],
  [10, 8000, "8"],
  [25, 20_000, "20"],
  [30, 25_000, "25"],
  [3600, 3_595_000, "3595"],
];

for (const [gracePeriod, nginx, graceful] of graces) {
  Deno.test(`launch plan: nginx gets ${nginx} ms of a grace period of ${gracePeriod} s`, () => {
    const { deadlines, gunicorn } = plan("--grace-period", `${gracePeriod}`);
    assert.equal(deadlines.nginx, nginx);
    assert.equal(valueOf(gunicorn.args, "--graceful-timeout"), graceful);
  });
}

Deno.test("launch plan: every grace period has time for each step of the stop", () => {
  for (let gracePeriod = 1; gracePeriod <= 3600; gracePeriod++) {
    const { deadlines, gunicorn } = plan("--grace-period", `${gracePeriod}`);
    assertTimeForEachStep(deadlines, gunicorn.args, gracePeriod);
  }
});

Deno.test("launch plan: every grace period has time for each step after a drain delay", () => {
  const periods = fc.integer({ min: 2, max: 3600 }).chain((gracePeriod) =>
    fc.tuple(fc.constant(gracePeriod), fc.integer({ min: 1, max: gracePeriod - 1 }))
  );
  fc.assert(fc.property(periods, ([gracePeriod, delay]) => {
    const { deadlines, gunicorn } = plan(
      ...[`--grace-period=${gracePeriod}`, `--drain-delay=${delay}`],
    );
    assertTimeForEachStep(deadlines, gunicorn.args, gracePeriod);
  }));
});

function assertTimeForEachStep(
  { drainDelay, nginx, grace }: Deadlines,
  gunicornArgs: string[],
  gracePeriod: number,
): void {
  const times = `${drainDelay} < ${nginx} < ${grace} of ${gracePeriod} s`;
  assert.ok(drainDelay < nginx && nginx < grace, times);
  assert.ok(grace - nginx >= Math.min(1000, (grace - drainDelay) / 2), `gunicorn: ${times}`);
  assert.ok(grace - nginx <= 5000, `nginx has most of it: ${times}`);
  assert.equal(grace, gracePeriod * 1000);

  const graceful = valueOf(gunicornArgs, "--graceful-timeout")!;
  assert.match(graceful, /^[1-9][0-9]*$/);
  const left = gracePeriod - drainDelay / 1000;
  assert.ok(left < 2 || Number(graceful) < left, `${graceful} s of ${left} s`);
}

Deno.test("launch plan: nginx stays in the foreground, by its conf or by -g", () => {
  const { nginx } = plan();
  const silent = inForeground(nginx, undefined);
  assert.deepEqual(silent.args, ["-c", "/opt/program/nginx.conf", "-g", "daemon off;"]);
  assert.deepEqual({ ...silent, args: nginx.args }, nginx, "nothing else changes");
  // nginx rejects a second daemon directive.
  assert.deepEqual(inForeground(nginx, "off"), nginx);
  assert.deepEqual(nginx.args, ["-c", "/opt/program/nginx.conf"], "the plan itself is unchanged");
});
