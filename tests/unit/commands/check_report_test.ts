import assert from "node:assert/strict";
import {
  type CheckReport,
  checkReportJson,
  checkReportText,
  overallResult,
  reportPlan,
} from "../../../lib/commands/check_report.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { failed, ok, warning } from "../../../lib/checks/rules/finding.ts";
import { bareImage, invocationFor } from "../support/invocation_for.ts";

const request = invocationFor(["--app", "wsgi:make('x')", "--start-timeout", "9"], {}, bareImage);
const plan = reportPlan(planLaunch(request), request.settings, [], (name) => `/bin/${name}`);
const fine = ok("socket", "free");
const poor = warning("workers", "too many", "take less");
const bad = failed("nginx", "not there", "install it");

Deno.test("check report: the worst counts, and with --strict a warning is as bad", () => {
  assert.equal(overallResult([fine], true), "ok");
  assert.equal(overallResult([fine, poor], false), "warning");
  assert.equal(overallResult([fine, poor], true), "failed");
  assert.equal(overallResult([bad, poor], false), "failed");
});

Deno.test("check report: a line each, then the plan as it could be typed, then the sum", () => {
  const lines = checkReportText({ checks: [fine, poor, bad], plan }, false, false).split("\n");
  assert.deepEqual(lines.slice(0, 4), [
    "ok       socket   free",
    "warning  workers  too many: take less",
    "failed   nginx    not there: install it",
    "",
  ]);
  assert.ok(
    lines.some((line) => /^gunicorn {2}\/bin\/gunicorn .* 'wsgi:make\('\\''x'\\''\)'$/.test(line)),
  );
  assert.ok(lines.includes("file      /run/tandem/nginx/nginx.conf"));
  assert.ok(lines.includes("ready     when /ping answers 200 through nginx, within 9 s"));
  assert.equal(lines.at(-2), "1 ok, 1 warning, 1 failed: tandem would not serve");
});

Deno.test("check report: colour is for terminals, and changes nothing else", () => {
  const report: CheckReport = { checks: [fine, poor, bad], plan };
  const coloured = checkReportText(report, false, true);
  assert.ok(coloured.startsWith("\x1b[32mok     \x1b[0m  socket"));
  // deno-lint-ignore no-control-regex
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), checkReportText(report, false, false));
});

Deno.test("check report: JSON is one object with the checks and the plan", () => {
  const report = JSON.parse(checkReportJson({ checks: [fine, poor], plan }, false));
  assert.deepEqual(Object.keys(report), ["result", "checks", "plan"]);
  assert.deepEqual(report.checks, [fine, poor]);
  assert.deepEqual(report.plan, plan);
  assert.equal(report.result, "warning");
});
