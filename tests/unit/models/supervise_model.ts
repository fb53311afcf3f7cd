/** What `supervise` must have done by now, given what happened to it so far. Times are virtual milliseconds. */

import assert from "node:assert/strict";
import type { ChildName } from "../../../lib/plan/launch_plan.ts";
import type { SignalName } from "../../../lib/plan/signals.ts";
import { type ModelCause, RunModel } from "../../support/run_model.ts";
import { CONF_CHECK_MS, type Setting, type World } from "./world.ts";

/** The longest pause between two questions to the app or to nginx. */
const POLL_MS = 1000;
/** Equal signals within this time count as one. */
const ECHO_MS = 100;

export class SuperviseModel extends RunModel {
  /** When the app, and when the ready path, began to answer as it does now. */
  appSince = Infinity;
  readySince = Infinity;
  stopAt = Infinity;
  skipAt = Infinity;
  killAt = Infinity;
  /** The first exit of a child during the drain. */
  exitInDrainAt = Infinity;
  /** Control signals that the children must have got. */
  readonly forwarded: string[] = [];
  readonly running = new Set<ChildName>();
  /** SIGHUPs whose check has not ended. */
  pendingReloads = 0;
  #steps = 0;
  #last: { signal: SignalName; at: number } | undefined;

  constructor(readonly setting: Setting) {
    super();
  }

  onStopSignal(signal: SignalName, now: number): void {
    if (this.#steps > 0 && signal !== "SIGTERM" && signal !== "SIGINT") return;
    const isEcho = this.#last?.signal === signal && now - this.#last.at < ECHO_MS;
    this.#last = { signal, at: now };
    if (isEcho) return;
    this.#steps++;
    if (this.#steps === 1) this.endAt({ kind: "stop-requested" }, now);
    if (this.#steps === 2) this.skipAt = now;
    if (this.#steps === 3) this.killAt = now;
  }

  onExit(child: ChildName, code: number, { now, scene: { trace } }: World): void {
    if (!this.isUp) {
      this.exitInDrainAt = Math.min(this.exitInDrainAt, now);
      const isAsked = trace.some((event) =>
        new RegExp(`: SIG(QUIT|TERM|KILL) to ${child}`).test(event)
      );
      // The master may have exited before the rest of its group.
      const isFirst = this.running.has(child);
      if (isFirst && code === 0 && !isAsked) this.stoppedByOther = true;
    }
    this.endAt({ kind: "child-exited", child, code }, now);
    this.running.delete(child);
  }

  /** Whether signals other than stop signals are obeyed. */
  get obeys(): boolean {
    return this.isUp && this.running.size === 2;
  }

  forward(signal: SignalName, to: readonly ChildName[], now: number): void {
    if (!this.obeys) return;
    for (const child of to) {
      if (!this.setting[child].refuses) this.forwarded.push(`${now}: ${signal} to ${child}`);
    }
  }

  endAt(cause: ModelCause, now: number): void {
    if (!this.isUp) return;
    this.stopAt = now;
    this.end(cause);
  }

  /** Follows what the run did by itself, and fails if that was not to be, or if it did not do what it must. */
  observe({ scene, phases, now }: World): void {
    for (const name of ["gunicorn", "nginx"] as const) {
      const child = scene.children[name];
      if (this.isUp && child && !child.isGone) this.running.add(name);
    }
    const seen = phases.at(-1)!;
    const nginxAt = timeOf(scene.trace, "nginx started");
    if (nginxAt !== undefined) this.#checkNginxStart(nginxAt);
    const servingAt = phases.find(({ phase }) => phase === "serving")?.at;
    if (servingAt !== undefined && this.phase === "starting") {
      this.#checkReady(servingAt, nginxAt);
      this.phase = "serving";
    }
    if (this.isUp && (seen.phase === "draining" || seen.phase === "stopped")) {
      const { at } = phases.find(({ phase }) => phase === "draining")!;
      const fields = scene.log.fields[scene.log.events.findIndex((e) => e.endsWith(" stopping"))];
      this.#checkOwnEnd(String(fields?.cause), at);
      this.endAt({ kind: fields?.cause as "refused" }, at);
    }
    if (this.phase === "draining" && seen.phase === "stopped") this.phase = "stopped";
    assert.equal(seen.phase, this.phase, `the phase at ${now} ms`);
    if (this.phase === "starting") this.#checkNothingOverdue(now, nginxAt);
  }

  #nginxDue(): number {
    const { conf, missing } = this.setting;
    return conf === "good" && missing !== "gunicorn"
      ? Math.max(this.appSince, CONF_CHECK_MS)
      : Infinity;
  }

  #checkNginxStart(at: number): void {
    const due = this.#nginxDue();
    assert.ok(
      at >= due && at <= due + POLL_MS,
      `nginx started at ${at}, the app answered at ${due}`,
    );
    assert.notEqual(this.setting.missing, "nginx");
  }

  #checkReady(at: number, nginxAt = Infinity): void {
    const due = Math.max(this.readySince, nginxAt);
    assert.ok(at >= due && at <= due + POLL_MS, `serving at ${at}, though ready at ${due}`);
  }

  /** A cause that no command brought about. */
  #checkOwnEnd(cause: string, at: number): void {
    const { conf, missing, startTimeout } = this.setting;
    const times: Record<string, boolean> = {
      "cannot-start": missing === "gunicorn"
        ? at === 0
        : missing === "nginx" && at >= this.#nginxDue() && at <= this.#nginxDue() + POLL_MS,
      "refused": conf === "refused" && at === CONF_CHECK_MS,
      "internal-error": conf === "broken check" && at === CONF_CHECK_MS,
      "not-ready": this.phase === "starting" && startTimeout > 0 && at === startTimeout * 1000,
    };
    assert.ok(times[cause], `stopped for ${cause} at ${at}`);
  }

  #checkNothingOverdue(now: number, nginxAt: number | undefined): void {
    const { conf, missing, startTimeout } = this.setting;
    if (missing === "gunicorn") assert.fail("starting without gunicorn");
    if (conf !== "good") assert.ok(now < CONF_CHECK_MS, "starting with a bad conf");
    if (startTimeout > 0) assert.ok(now < startTimeout * 1000, "starting after --start-timeout");
    if (nginxAt === undefined) assert.ok(now <= this.#nginxDue() + POLL_MS, "nginx is overdue");
    else assert.ok(now <= Math.max(this.readySince, nginxAt) + POLL_MS, "ready is overdue");
  }
}

/** When an event happened first. */
export function timeOf(trace: readonly string[], event: string): number | undefined {
  const found = trace.find((line) => line.endsWith(`: ${event}`));
  return found === undefined ? undefined : parseInt(found);
}
