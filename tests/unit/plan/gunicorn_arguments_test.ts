import assert from "node:assert/strict";
import { lastNumberOf, lastValueOf, valuesOf } from "../../../lib/plan/gunicorn_arguments.ts";

const args = ["-w", "2", "-b", "unix:/s", "--timeout=30", "-w4", "--bind=:80", "-k", "sync", "m:a"];

Deno.test("gunicorn arguments: every way to write a flag, the last of them counts", () => {
  assert.deepEqual(valuesOf(args, "-b", "--bind"), ["unix:/s", ":80"]);
  assert.deepEqual(valuesOf(args, "-w", "--workers"), ["2", "4"]);
  assert.equal(lastNumberOf(args, "-w", "--workers"), 4);
  assert.equal(lastNumberOf(args, "-t", "--timeout"), 30);
  assert.equal(lastValueOf(args, "-k", "--worker-class"), "sync");
});

Deno.test("gunicorn arguments: what is not there or no number", () => {
  assert.equal(lastValueOf(args, "--chdir"), undefined);
  assert.equal(lastNumberOf(["--timeout", "x"], "--timeout"), undefined);
  assert.deepEqual(valuesOf(["--timeout"], "--timeout"), []);
  assert.deepEqual(valuesOf(["--timeouts", "3"], "--timeout"), []);
});
