/** A stage whose app, conf check and orphans a sequence of commands can change while the run goes on. */

import { LAST_OUTPUT_MS } from "../../../lib/plan/stop_times.ts";
import type { ChildName } from "../../../lib/plan/launch_plan.ts";
import { Refusal } from "../../../lib/supervise/stop_cause.ts";
import { FakeChild, fakeOrphans, type Manners } from "../support/fake_children.ts";
import { missing, plainListen, type Script, type Stage, stage } from "../supervise/stage.ts";

/** What does not change during a run. Times are seconds. */
export interface Setting {
  grace: number;
  drainDelay: number;
  startTimeout: number;
  conf: "good" | "refused" | "broken check";
  missing: ChildName | undefined;
  nginx: Manners;
  gunicorn: Manners;
}

export type Verdict = "good" | "bad" | "fails";

export const CONF_CHECK_MS = 6;

export class World {
  readonly scene: Stage;
  readonly orphans: FakeChild<string>[] = [];
  readonly #pending: PromiseWithResolvers<string | undefined>[] = [];
  appAnswers = false;
  readyStatus: number | undefined;
  verdict: Verdict | "later" = "good";
  readonly ended: Promise<number>;

  constructor(readonly setting: Setting) {
    this.scene = stage(this.#script());
    this.ended = this.scene.run();
    // A rejection is reported at the end of the sequence, where the promise is awaited.
    this.ended.catch(() => {});
  }

  get now(): number {
    return this.scene.clock.now();
  }

  get phases(): { at: number; phase: string }[] {
    return this.scene.trace.flatMap((event) => {
      const [, at, phase] = /^(\d+): (starting|serving|draining|stopped)$/.exec(event) ?? [];
      return phase ? [{ at: Number(at), phase }] : [];
    });
  }

  fork(manners: Manners): void {
    const { clock, trace } = this.scene;
    this.orphans.push(new FakeChild(`orphan${this.orphans.length}`, clock, trace, manners));
  }

  /** Ends the reload checks that have not ended yet. */
  finishChecks(verdict: Verdict): void {
    for (const check of this.#pending.splice(0)) settle(check, verdict);
  }

  #script(): Script {
    const { grace, drainDelay, startTimeout, conf, missing: absent, nginx, gunicorn } =
      structuredClone(this.setting);
    return {
      args: [
        `--grace-period=${grace}`,
        `--drain-delay=${drainDelay}`,
        `--start-timeout=${startTimeout}`,
      ],
      nginx,
      gunicorn,
      spawnError: absent && missing(absent),
      confCheckTakes: CONF_CHECK_MS,
      checkConf: () => {
        if (conf === "refused") throw new Refusal("no such directive");
        if (conf === "broken check") throw new TypeError("a bug");
        return { plan: this.scene.plan.nginx, plainListens: [plainListen] };
      },
      readyAnswer: () => this.readyStatus,
      findConfComplaint: () => {
        const check = Promise.withResolvers<string | undefined>();
        if (this.verdict === "later") this.#pending.push(check);
        else settle(check, this.verdict);
        return check.promise;
      },
      dependencies: {
        probeApp: (_, onConnected) => {
          if (!this.appAnswers) return Promise.reject(new Error("connection refused"));
          onConnected?.();
          return Promise.resolve(404);
        },
        orphans: fakeOrphans(() => this.orphans),
        finishOutput: () => this.scene.clock.sleep(LAST_OUTPUT_MS),
      },
    };
  }
}

function settle(check: PromiseWithResolvers<string | undefined>, verdict: Verdict): void {
  if (verdict === "fails") check.reject(new Error("too many processes"));
  else check.resolve(verdict === "good" ? undefined : "unknown directive");
}
