import type { Clock } from "../host/system/clock.ts";
import type { Child, ProcessGroup } from "../host/process/child.ts";
import type { Log } from "../log.ts";
import type { ChildPlan, LinkPlan } from "../plan/launch_plan.ts";
import type { Listen } from "../nginx/directives.ts";
import type { Pair } from "./drain.ts";
import type { Phase } from "./phases.ts";
import type { Probe } from "./readiness.ts";
import type { StopRequests } from "./stop_requests.ts";
import type { StopCause } from "./stop_cause.ts";
import type { Timeline } from "./timeline.ts";

/** All that a run asks of the machine, so that a test can answer in its place. */
export interface RunDependencies {
  clock: Clock;
  log: Log;
  requests: StopRequests;
  /** @throws the reason why it cannot be made */
  makeLink(link: LinkPlan): Promise<string>;
  /** Words the warning about a link that could not be made. */
  linkWarning(link: LinkPlan, reason: string): string;
  /** @throws {SpawnError} */
  spawn(plan: ChildPlan): Child;
  /** @throws {Refusal} when nginx would not start with its conf */
  checkNginx(nginx: ChildPlan, signal: AbortSignal): Promise<CheckedNginx>;
  /** @returns why a new conf would not do; nothing when it would */
  checkReload(): Promise<string | undefined>;
  /** Asks the app on its own socket. */
  probeApp: Probe;
  /** Asks for the ready path the way a client would. */
  probeThroughNginx(listen: Listen | undefined): Probe;
  /** Waits until what the children wrote last has arrived, within a bound. */
  finishOutput(): Promise<void>;
  adopted(): ProcessGroup | undefined;
  /** Told of each phase, for the state file and the init system. */
  onPhase(phase: Phase, pair: Pair, timeline: Timeline): void;
  /** Told of what happens beside the phases, for the state file. */
  onEvent?(event: RunEvent): void;
}

export type RunEvent =
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
