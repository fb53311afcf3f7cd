/** What a run asks of the machine, and the events it reports. */

import type { Orphans } from "../host/process/adopted.ts";
import type { Child } from "../host/process/child.ts";
import type { Clock } from "../host/system/clock.ts";
import type { Log } from "../log.ts";
import type { Listen } from "../nginx/directives.ts";
import type { MemoryKills } from "../plan/format.ts";
import type { ChildPlan, LinkPlan } from "../plan/launch_plan.ts";
import type { ControlAction } from "../plan/signals.ts";
import type { DrainStep, Pair } from "./drain.ts";
import type { Phase } from "./phases.ts";
import type { Probe } from "./readiness.ts";
import type { StopCause } from "./stop_cause.ts";
import type { StopRequests } from "./stop_requests.ts";
import type { Timeline } from "./timeline.ts";

/** The real machine in `serve`, a fake one in tests. */
export interface RunDependencies {
  clock: Clock;
  log: Log;
  requests: StopRequests;
  /**
   * @returns what was done, for the log
   * @throws the reason why the link cannot be made
   */
  makeLink(link: LinkPlan): Promise<string>;
  formatLinkWarning(link: LinkPlan, reason: string): string;
  /** @throws {SpawnError} */
  spawn(plan: ChildPlan): Child;
  /** Whether gunicorn runs already, and `spawn` only hands it over: then a stop has to drain it. */
  isGunicornStarted?: boolean;
  /** @throws {Refusal} if nginx would not start with its conf */
  checkNginx(nginx: ChildPlan, signal: AbortSignal): Promise<CheckedNginx>;
  /** @returns why nginx or gunicorn would not start with what is to be loaded; `undefined` if both would */
  checkReload(): Promise<string | undefined>;
  /** Asks the app on gunicorn's socket. */
  probeApp: Probe;
  /** Asks for the ready path as a client does. */
  probeThroughNginx(listen: Listen): Probe;
  /** Settles when the children's last output is written, at the latest after `LAST_OUTPUT_MS`. */
  finishOutput(): Promise<void>;
  orphans: Orphans;
  /** How long to watch, at a requested stop, whether something else stops the children too. */
  watchMs: number;
  /** Whether gunicorn's socket is gone, which gunicorn removes when it begins to stop. */
  hasLostSocket(): boolean;
  /** What the kernel has killed for want of memory since the start; `undefined` if that is not known. */
  memoryKills(): MemoryKills | undefined;
  onPhase(phase: Phase, pair: Pair, timeline: Timeline): void;
  onEvent?(event: RunEvent): void;
}

/** What happens between one phase and the next. */
export type RunEvent =
  /** The timeline has a new mark. */
  | { kind: "mark" }
  /** The ready path answered something else than 200. */
  | { kind: "not-ready"; status: number }
  /** A question has had no answer for so long. */
  | { kind: "unanswered"; milliseconds: number }
  /** `listen` is the address that answered; `undefined` if the app's own answer decided. */
  | { kind: "ready"; listen: Listen | undefined }
  | { kind: "stop"; cause: StopCause }
  | { kind: "drain-step"; step: DrainStep }
  /** The masters are about to get a signal that tandem got. */
  | { kind: "forward"; action: ControlAction }
  /** What is to be loaded is about to be checked; `reload` tells how that went. */
  | { kind: "reloading" }
  /** `complaint` is `undefined` if the reload was done. */
  | { kind: "reload"; complaint: string | undefined };

export interface CheckedNginx {
  /** The plan that keeps nginx in the foreground. */
  plan: ChildPlan;
  /** Where readiness is asked for; empty if no listen line takes plain HTTP. */
  plainListens: Listen[];
}
