import assert from "node:assert/strict";
import { type OutputFacts, planOutput } from "../../../lib/plan/output_plan.ts";

const pipe: OutputFacts = { what: "a pipe", isTerminal: false, canReopen: true };
const socket: OutputFacts = { what: "a socket", isTerminal: false, canReopen: false };
const terminal: OutputFacts = { what: "a terminal", isTerminal: true, canReopen: true };
const foreign: OutputFacts = { ...terminal, what: "a terminal of user 0", canReopen: false };

Deno.test("auto: inherited if the children can reopen both outputs", () => {
  const plan = planOutput("auto", { stdout: pipe, stderr: pipe });
  assert.deepEqual(plan, {
    kind: "inherit",
    why: "nginx can reopen stdout (a pipe) and stderr (a pipe)",
  });
});

Deno.test("auto: plain relay if the children cannot reopen one of the outputs", () => {
  const why = (stdout: OutputFacts, stderr: OutputFacts) => {
    const plan = planOutput("auto", { stdout, stderr });
    assert.ok(plan.kind === "relay" && plan.format === "plain");
    return plan.why;
  };
  assert.equal(why(socket, pipe), "nginx cannot reopen stdout (a socket)");
  assert.equal(why(pipe, socket), "nginx cannot reopen stderr (a socket)");
  assert.match(why(socket, socket), / stdout \(a socket\) and stderr \(a socket\)$/);
});

Deno.test("auto: prefixes on a terminal, also on another user's", () => {
  for (const stderr of [terminal, foreign, pipe]) {
    const plan = planOutput("auto", { stdout: terminal, stderr });
    assert.ok(plan.kind === "relay" && plan.format === "prefix");
  }
  const { why } = planOutput("auto", { stdout: socket, stderr: foreign });
  assert.equal(why, "output goes to stderr (a terminal of user 0)");
});

Deno.test("a mode other than auto is used on every output", () => {
  for (const facts of [pipe, socket, terminal]) {
    const outputs = { stdout: facts, stderr: facts };
    assert.equal(planOutput("inherit", outputs).kind, "inherit");
    for (const format of ["prefix", "json"] as const) {
      const why = `--logs ${format}`;
      assert.deepEqual(planOutput(format, outputs), { kind: "relay", format, why });
    }
  }
});

Deno.test("inherit on an output that nginx cannot reopen gives a warning", () => {
  const { warning } = planOutput("inherit", { stdout: pipe, stderr: socket });
  assert.match(warning ?? "", /^--logs inherit, but nginx cannot reopen stderr \(a socket\)/);
  assert.equal(planOutput("inherit", { stdout: pipe, stderr: pipe }).warning, undefined);
});
