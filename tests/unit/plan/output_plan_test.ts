import assert from "node:assert/strict";
import { type OutputFacts, planOutput } from "../../../lib/plan/output_plan.ts";

const pipe: OutputFacts = { what: "a pipe", isTerminal: false, canReopen: true };
const socket: OutputFacts = { what: "a socket", isTerminal: false, canReopen: false };
const terminal: OutputFacts = { what: "a terminal", isTerminal: true, canReopen: true };
const foreign: OutputFacts = { ...terminal, what: "a terminal of user 0", canReopen: false };

Deno.test("auto: the children's own writing where they can open both outputs again", () => {
  const plan = planOutput("auto", { stdout: pipe, stderr: pipe });
  assert.deepEqual(plan, {
    kind: "inherit",
    why: "nginx can open stdout (a pipe) and stderr (a pipe) again",
  });
});

Deno.test("auto: passed through where they could not, be it only one", () => {
  const why = (stdout: OutputFacts, stderr: OutputFacts) => {
    const plan = planOutput("auto", { stdout, stderr });
    assert.ok(plan.kind === "relay" && plan.format === "plain");
    return plan.why;
  };
  assert.equal(why(socket, pipe), "nginx could not open stdout (a socket) again");
  assert.equal(why(pipe, socket), "nginx could not open stderr (a socket) again");
  assert.match(why(socket, socket), /stdout \(a socket\) and stderr \(a socket\) again$/);
});

Deno.test("auto: prefixes on a terminal, whoever owns it", () => {
  for (const stderr of [terminal, foreign, pipe]) {
    const plan = planOutput("auto", { stdout: terminal, stderr });
    assert.ok(plan.kind === "relay" && plan.format === "prefix");
  }
  const { why } = planOutput("auto", { stdout: socket, stderr: foreign });
  assert.equal(why, "there is stderr (a terminal of user 0)");
});

Deno.test("what the user says is done, whatever the outputs are", () => {
  for (const facts of [pipe, socket, terminal]) {
    const outputs = { stdout: facts, stderr: facts };
    assert.equal(planOutput("inherit", outputs).kind, "inherit");
    for (const format of ["prefix", "json"] as const) {
      const why = `--logs ${format} says so`;
      assert.deepEqual(planOutput(format, outputs), { kind: "relay", format, why });
    }
  }
});

Deno.test("inherit that cannot work is warned of", () => {
  const { warning } = planOutput("inherit", { stdout: pipe, stderr: socket });
  assert.match(warning ?? "", /^--logs inherit, but nginx cannot open stderr \(a socket\) again/);
  assert.equal(planOutput("inherit", { stdout: pipe, stderr: pipe }).warning, undefined);
});
