import type { Clock } from "../host/system/clock.ts";
import type { Child, Group } from "../host/process/child.ts";
import type { Log } from "../log.ts";
import type { ChildPlan, LinkPlan } from "../plan/launch_plan.ts";
import type { Listen } from "../nginx/directives.ts";
import type { Pair } from "./drain.ts";
import type { Phase } from "./phases.ts";
import type { Ask } from "./readiness.ts";
import type { Requests } from "./stop_requests.ts";
import type { StopCause } from "./stop_cause.ts";
import type { Timeline } from "./timeline.ts";

/** All that a run asks of the machine, so that a test can answer in its place. */
export interface Tools {
  clock: Clock;
  log: Log;
  requests: Requests;
  /** @throws the reason why it cannot be made */
  makeLink(link: LinkPlan): Promise<string>;
  /** @throws {SpawnError} */
  spawn(plan: ChildPlan): Child;
  /** @throws {Refusal} when nginx would not start with its conf */
  checkNginx(nginx: ChildPlan, signal: AbortSignal): Promise<CheckedNginx>;
  /** @returns why a new conf would not do; nothing when it would */
  findConfComplaint(): Promise<string | undefined>;
  /** Asks the app on its own socket. */
  askApp: Ask;
  /** Asks for the ready path the way a client would. */
  askThroughNginx(listen: Listen | undefined): Ask;
  /** Waits until what the children wrote last has arrived, within a bound. */
  finishOutput(): Promise<void>;
  strays(): Group | undefined;
  /** Told of each phase, for the state file and the init system. */
  onPhase(phase: Phase, pair: Pair, timeline: Timeline): void;
  /** Told of what happens beside the phases, for the state file. */
  onNews?(news: News): void;
}

export type News =
  /** The timeline has a mark more. */
  | { kind: "step" }
  | { kind: "stop"; cause: StopCause }
  /** With the complaint when it was refused. */
  | { kind: "reload"; complaint: string | undefined };

export interface CheckedNginx {
  /** The plan that keeps nginx in the foreground. */
  plan: ChildPlan;
  /** Where the pair can be asked whether it is ready; nothing when every listen line wants TLS or the like. */
  plainListen: Listen | undefined;
}
