import assert from "node:assert/strict";
import { flagValues, lastFlagNumber, lastFlagValue } from "../../../lib/plan/gunicorn_arguments.ts";

const args = ["-w", "2", "-b", "unix:/s", "--timeout=30", "-w4", "--bind=:80", "-k", "sync", "m:a"];

Deno.test("gunicorn arguments: every way to write a flag, and the last value counts", () => {
  assert.deepEqual(flagValues(args, "-b", "--bind"), ["unix:/s", ":80"]);
  assert.deepEqual(flagValues(args, "-w", "--workers"), ["2", "4"]);
  assert.equal(lastFlagNumber(args, "-w", "--workers"), 4);
  assert.equal(lastFlagNumber(args, "-t", "--timeout"), 30);
  assert.equal(lastFlagValue(args, "-k", "--worker-class"), "sync");
});

Deno.test("gunicorn arguments: absent flags, and values that are no numbers", () => {
  assert.equal(lastFlagValue(args, "--chdir"), undefined);
  assert.equal(lastFlagNumber(["--timeout", "x"], "--timeout"), undefined);
  assert.deepEqual(flagValues(["--timeout"], "--timeout"), []);
  assert.deepEqual(flagValues(["--timeouts", "3"], "--timeout"), []);
});
