/** What the trace of a run must be like, whatever happened: who got which signal, when and in which order. */

import assert from "node:assert/strict";
import type { ChildName } from "../../../lib/plan/launch_plan.ts";
import {
  AFTER_GRACE_MS,
  KILL_MS,
  LAST_OUTPUT_MS,
  UNANSWERED_GRACE_MS,
} from "../../../lib/plan/stop_times.ts";
import { type SuperviseModel, timeOf } from "./supervise_model.ts";
import type { World } from "./world.ts";

/** A stop signal is sent again after this time, because a process that is just starting can lose one. */
const REPEAT_MS = 1500;
/** How long nginx may take to close its connections. */
const CLOSE_MS = 1000;
const CONTROL = /: SIG(HUP|USR1|TTIN|TTOU) to /;

/**
 * @returns whether requests may be lost: a child was killed, nginx's connections were closed, or tandem had no right to
 * end a child
 */
export function checkTrace(model: SuperviseModel, world: World): boolean {
  const { trace, log, plan } = world.scene;
  const { stopAt, skipAt, killAt, setting } = model;
  const names = world.phases.map(({ phase }) => phase).filter((phase) => phase !== "serving");
  assert.deepEqual(names, ["starting", "draining", "stopped"]);

  const drainFrom = trace.findIndex((event) => event.endsWith(": draining"));
  const drained = trace.slice(drainFrom);
  assert.ok(!drained.some((event) => / started$/.test(event)), "nothing is started in a drain");
  assert.ok(!drained.some((event) => CONTROL.test(event)), "no reload or resize in a drain");
  assert.ok(!trace.slice(0, drainFrom).some((event) => /SIG(TERM|QUIT|KILL) to/.test(event)));
  assert.deepEqual(trace.filter((event) => CONTROL.test(event)), model.forwarded);
  const order = trace.filter((event) => / started$/.test(event)).map((event) =>
    event.split(" ")[1]
  );
  assert.deepEqual(order, ["gunicorn", "nginx"].slice(0, order.length), "gunicorn starts first");

  const { marks } = log.fields[log.events.findIndex((event) => event.endsWith(" stopped"))]!;
  const hasAnswered = (marks as Record<string, number>).appAnswered !== undefined;
  const { grace } = plan.deadlines;
  const graceTime = hasAnswered ? grace : Math.min(grace, UNANSWERED_GRACE_MS);
  const graceEnd = Math.min(stopAt + graceTime, Math.max(killAt, stopAt));
  const endedAt = timeOf(trace, "stopped")!;
  assert.ok(endedAt <= graceEnd + AFTER_GRACE_MS, `ended at ${endedAt}, grace ended ${graceEnd}`);
  assert.ok(endedAt >= stopAt + LAST_OUTPUT_MS, "the last output is waited for");
  for (const at of timesOf(drained, /SIGKILL to /)) {
    assert.ok(at >= graceEnd, `SIGKILL at ${at}, before ${graceEnd}`);
  }

  const { nginx, gunicorn } = world.scene.children;
  const goneAt = (name: string) => timeOf(trace, `${name} gone`) ?? Infinity;
  const hasDelay = model.cause!.kind === "stop-requested" && nginx && gunicorn;
  const begin = hasDelay
    ? Math.min(stopAt + setting.drainDelay * 1000, Math.max(stopAt, skipAt), model.exitInDrainAt)
    : stopAt;
  const nginxDeadline = Math.min(stopAt + plan.deadlines.nginx, graceEnd);

  let turn = begin;
  if (nginx && goneAt("nginx") > begin && !setting.nginx.refuses) {
    checkRepeats(drained, /SIGQUIT to nginx/, begin, Math.min(goneAt("nginx"), nginxDeadline));
    // Closing its connections takes at most half of what is left at that moment.
    const left = (killAt <= nginxDeadline ? graceEnd : stopAt + plan.deadlines.grace) -
      nginxDeadline;
    const closeEnd = nginxDeadline + Math.min(CLOSE_MS, left / 2);
    turn = Math.min(goneAt("nginx"), closeEnd, graceEnd);
  }
  for (const at of timesOf(drained, /SIGTERM to nginx/)) {
    assert.ok(at >= nginxDeadline, `nginx's connections closed at ${at}`);
  }
  if (gunicorn && !setting.gunicorn.refuses) {
    checkRepeats(
      drained,
      /SIGTERM to gunicorn's group/,
      turn,
      Math.min(goneAt("gunicorn"), graceEnd),
    );
  }
  for (const name of ["nginx", "gunicorn"] as const) {
    const [killedAt] = timesOf(drained, new RegExp(`SIGKILL to ${name}`));
    const mayLive = !world.scene.children[name] || setting[name].refuses;
    const isDue = !mayLive && goneAt(name) > graceEnd;
    if (isDue || killedAt !== undefined) assert.equal(killedAt, graceEnd, `SIGKILL to ${name}`);
  }
  checkOrphans(world, graceEnd);

  if (!hasAnswered) return false;
  const denied = log.messages.some((line) => /^may not signal (nginx|gunicorn) \(pid/.test(line));
  return denied ||
    drained.some((event) => /SIGKILL to (nginx|gunicorn)|SIGTERM to nginx/.test(event));
}

/** The signal is sent at once, again and again until the end, and at no other time. */
function checkRepeats(trace: string[], signal: RegExp, from: number, until: number): void {
  const times = timesOf(trace, signal);
  if (from >= until) {
    // Due together: either may come first.
    const isRight = times.every((at) => at === from && at === until);
    return assert.ok(isRight, `${signal} at ${times}, from ${from} until ${until}`);
  }
  assert.equal(times[0], from, `${signal} at the beginning of its turn: ${times}`);
  for (const [index, at] of times.entries()) {
    const next = times[index + 1] ?? until;
    assert.ok(at <= until && next - at <= REPEAT_MS, `${signal} at ${times}, until ${until}`);
  }
}

/** Orphans come last, all of them get SIGTERM or SIGKILL, and none is left unless nothing can end it. */
function checkOrphans(world: World, graceEnd: number): void {
  const { scene: { trace, log, children }, orphans, setting } = world;
  const first = Math.min(...timesOf(trace, /SIG(TERM|KILL) to orphan/));
  for (const name of Object.keys(children) as ChildName[]) {
    // Nobody waits for a child that tandem may not signal.
    if (setting[name].refuses) continue;
    const goneAt = timeOf(trace, `${name} gone`) ?? Infinity;
    const isLost = goneAt > graceEnd + KILL_MS;
    if (!isLost) assert.ok(goneAt <= first, `an orphan got a signal before ${name} was gone`);
    if (isLost) assert.ok(log.events.some((event) => /unkillable|left-running/.test(event)), name);
  }
  const left = orphans.filter(({ isGone }) => !isGone);
  if (left.length) {
    assert.ok(
      log.events.some((event) => /unkillable|not-permitted/.test(event)),
      "says what is left",
    );
  }
  for (const { name, isGone } of orphans) {
    const asked = trace.filter((event) => event.endsWith(` to ${name}`));
    const times = timesOf(asked, /SIGTERM/);
    assert.ok(times.length <= 1, `SIGTERM to ${name} at ${times}`);
    const isDenied = log.messages.some((line) => line.includes("may not end what was left"));
    assert.ok(
      asked.length || isDenied,
      `${name} was not asked to exit (gone: ${isGone}, ${graceEnd})`,
    );
  }
}

function timesOf(trace: readonly string[], event: RegExp): number[] {
  return trace.filter((line) => event.test(line)).map((line) => parseInt(line));
}
