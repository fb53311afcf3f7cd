import assert from "node:assert/strict";
import {
  checkReportJson,
  checkReportText,
  createCheckReport,
  createPlanReport,
} from "../../../lib/commands/check_report.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { failed, ok, warning } from "../../../lib/checks/rules/finding.ts";
import { bareImage, invocationFor } from "../support/invocation_for.ts";

const request = invocationFor(["--app", "wsgi:make('x')", "--start-timeout", "9"], {}, bareImage);
const plan = createPlanReport(
  planLaunch(request),
  request.settings,
  [],
  (name) => `/bin/${name}`,
);
const plain = { colour: false, columns: Infinity };
const good = ok("socket", "free");
const poor = warning("workers", "too many", "take less");
const bad = failed("nginx", "not there", "install it");

Deno.test("check report: the worst result counts, and with --strict a warning counts as failed", () => {
  assert.equal(createCheckReport([good], plan, true).result, "ok");
  assert.equal(createCheckReport([good, poor], plan, false).result, "warning");
  assert.equal(createCheckReport([good, poor], plan, true).result, "failed");
  assert.equal(createCheckReport([bad, poor], plan, false).result, "failed");
});

Deno.test("check report: one line for each check, then the plan, then the summary", () => {
  const report = createCheckReport([good, poor, bad], plan, false);
  const lines = checkReportText(report, plain).split("\n");
  assert.deepEqual(lines.slice(0, 4), [
    "ok       socket   free",
    "warning  workers  too many: take less",
    "failed   nginx    not there: install it",
    "",
  ]);
  assert.ok(
    lines.some((line) => /^gunicorn {2}\/bin\/gunicorn .* 'wsgi:make\('\\''x'\\''\)'$/.test(line)),
  );
  assert.ok(lines.includes("file      /run/tandem/tandem-nginx/nginx.conf"));
  assert.ok(lines.includes("ready     when /ping answers 200 through nginx, within 9 s"));
  assert.equal(lines.at(-2), "1 ok, 1 warning, 1 failed: tandem would not serve");
});

const summaries: [string, typeof good[], boolean, string][] = [
  ["no warning", [good], true, "1 ok, 0 warning, 0 failed: tandem would serve"],
  ["a warning", [poor], false, "0 ok, 1 warning, 0 failed: tandem would serve, with warnings"],
  [
    "a warning with --strict",
    [poor],
    true,
    "0 ok, 1 warning, 0 failed: warnings count as failures (--strict)",
  ],
];

for (const [what, checks, strict, summary] of summaries) {
  Deno.test(`check report: the summary of ${what}`, () => {
    const text = checkReportText(createCheckReport(checks, plan, strict), plain);
    assert.equal(text.split("\n").at(-2), summary);
  });
}

Deno.test("check report: colour changes nothing else", () => {
  const report = createCheckReport([good, poor, bad], plan, false);
  const coloured = checkReportText(report, { ...plain, colour: true });
  assert.ok(coloured.startsWith("\x1b[32mok     \x1b[0m  socket"));
  // deno-lint-ignore no-control-regex
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), checkReportText(report, plain));
});

Deno.test("check report: the JSON is one object with the result, the checks and the plan", () => {
  const report = JSON.parse(checkReportJson(createCheckReport([good, poor], plan, false)));
  assert.deepEqual(Object.keys(report), ["result", "checks", "plan"]);
  assert.deepEqual(report.checks, [good, poor]);
  assert.deepEqual(report.plan, plan);
  assert.equal(report.result, "warning");
});

Deno.test("check report: the JSON has these keys", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), {
    nginx: { argv: plan.nginx.argv, cwd: "/opt/program" },
    gunicorn: { argv: plan.gunicorn.argv, cwd: "/opt/program" },
    files: [
      "/run/tandem/tandem-nginx/nginx.conf",
      "/run/tandem/tandem.pid",
      "/run/tandem/state.json",
      "/run/tandem/tandem.lock",
      "/tmp/gunicorn.sock.lock",
    ],
    links: [
      { path: "/var/log/nginx/access.log", target: "/dev/stdout" },
      { path: "/var/log/nginx/error.log", target: "/dev/stderr" },
    ],
    listens: [],
    socket: "/tmp/gunicorn.sock",
    readyPath: "/ping",
    deadlines: { startTimeout: 9000, drainDelay: 0, nginx: 20_000, grace: 25_000 },
  });
  assert.deepEqual([good, bad].map((finding) => Object.keys(finding)), [
    ["name", "result", "found"],
    ["name", "result", "found", "fix"],
  ]);
});

Deno.test("check report: --quiet leaves only what is not ok, also in the JSON", () => {
  const report = createCheckReport([good, poor, bad], plan, false);
  assert.equal(
    checkReportText(report, { ...plain, quiet: true }),
    "warning  workers  too many: take less\nfailed   nginx    not there: install it\n",
  );
  const json = JSON.parse(checkReportJson(report, true));
  assert.deepEqual(json.checks, [poor, bad]);
  assert.deepEqual(json.plan, plan);
  const fine = createCheckReport([good], plan, false);
  assert.equal(checkReportText(fine, { ...plain, quiet: true }), "");
});

Deno.test("check report: on a terminal wrapped lines are indented, and commands can still be pasted", () => {
  const long = warning("workers", "too many ".repeat(20).trim(), "take less");
  const report = createCheckReport([good, long], plan, false);
  const lines = checkReportText(report, { ...plain, columns: 60 }).trimEnd().split("\n");
  const at = lines.findIndex((line) => line.startsWith("warning"));
  assert.match(lines[at + 1]!, /^ {18}(too |many)/);
  // Paths are not broken.
  for (const line of lines) assert.ok(line.length <= 60 || /^(file|link)/.test(line), line);
  const command = lines.join("\n").replace(/ \\\n +/g, " ");
  const unwrapped = checkReportText(report, plain).split("\n")
    .filter((line) => /^(gunicorn|nginx) {2}/.test(line));
  assert.equal(unwrapped.length, 2);
  for (const line of unwrapped) assert.ok(command.includes(line), line);
});
