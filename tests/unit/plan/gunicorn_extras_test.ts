import assert from "node:assert/strict";
import { addGunicornExtras, type GunicornFacts } from "../../../lib/plan/gunicorn_extras.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { bareImage, invocationFor } from "../support/invocation_for.ts";

const plan = planLaunch(invocationFor([], {}, bareImage));

const facts: GunicornFacts = {
  chosen: [],
  hasControlSocket: true,
  hasSharedMemory: true,
};

function added(changes: Partial<GunicornFacts>): string[] {
  const { args } = addGunicornExtras(plan, { ...facts, ...changes }).gunicorn;
  assert.deepEqual(args.slice(-plan.gunicorn.args.length), plan.gunicorn.args, "the rest is kept");
  return args.slice(0, -plan.gunicorn.args.length);
}

Deno.test("gunicorn extras: all that the facts allow", () => {
  assert.deepEqual(added({}), [
    ...["--keep-alive", "75", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"],
  ]);
  assert.deepEqual(added({ hasControlSocket: false, hasSharedMemory: false }), [
    ...["--keep-alive", "75"],
  ]);
});

Deno.test("gunicorn extras: what the user has chosen is left alone", () => {
  for (
    const [name, flag] of [
      ["keepalive", "--keep-alive"],
      ["worker_tmp_dir", "--worker-tmp-dir"],
      ["control_socket", "--no-control-socket"],
      ["control_socket_disable", "--no-control-socket"],
    ] as const
  ) assert.ok(!added({ chosen: ["timeout", name] }).includes(flag), name);
});
