/** What a run writes down of itself while it lives, for `status`, `health`, `reload` and `stop`. */

import { version } from "../build_info.ts";
import type { Clock } from "../host/system/clock.ts";
import { identifyProcess, type StateFile } from "../host/state/file.ts";
import type {
  LogEntry,
  ProcessIdentity,
  ReadyCheck,
  Reloads,
  RunLimits,
} from "../host/state/schema.ts";
import type { Log } from "../log.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { Listen } from "../nginx/directives.ts";
import type { LogLevel } from "../plan/settings.ts";
import type { Pair } from "./drain.ts";
import type { Phase } from "./phases.ts";
import { describeCause } from "./stop_cause.ts";
import type { Timeline } from "./timeline.ts";
import type { RunEvent } from "./dependencies.ts";

/** Steps of a start come in twos and threes, and none is worth a write of its own on the way to readiness. */
const WRITE_AFTER_MS = 20;
const KEPT_EVENTS = 10;
/** A defect's line has a stack trace, of which the first line tells enough here. */
const LONGEST_MESSAGE = 300;

export class RunRecord {
  /** In milliseconds; without the delay once a second stop signal has ended it. */
  readonly limits: RunLimits;
  #listens: Listen[] = [];
  #phase: Phase = "starting";
  #pair: Pair = {};
  #timeline: Timeline | undefined;
  #stopCause: string | undefined;
  readonly #reloads: Reloads = { done: 0, refused: 0 };
  readonly #events: LogEntry[] = [];
  readonly #identities = new Map<number, ProcessIdentity>();
  readonly #startedAt = new Date().toISOString();
  /** Something has happened since the last write. */
  #isStale = false;
  #willWrite = false;

  constructor(
    private readonly file: StateFile | undefined,
    private readonly plan: LaunchPlan,
    private readonly clock: Clock,
  ) {
    const { startTimeout, deadlines: { drainDelay, kill } } = plan;
    this.limits = { startTimeout, drainDelay, gracePeriod: kill };
  }

  onListens(listens: Listen[]): void {
    this.#listens = listens;
    this.#writeSoon();
  }

  onPhase(phase: Phase, pair: Pair, timeline: Timeline): void {
    this.#phase = phase;
    this.#pair = pair;
    this.#timeline = timeline;
    this.#write();
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case "step":
        return void this.#writeSoon();
      case "stop":
        // The phase that follows has it written.
        this.#stopCause = firstLine(describeCause(event.cause));
        // Nobody waits for a load balancer to look away from what has failed.
        if (event.cause.kind !== "stop requested") this.limits.drainDelay = 0;
        return;
      case "reload":
        this.#reloads[event.complaint === undefined ? "done" : "refused"]++;
        this.#reloads.last = { at: this.#now(), complaint: event.complaint };
        return this.#write();
    }
  }

  onSkipDelay(): void {
    this.limits.drainDelay = 0;
    this.#writeSoon();
  }

  /** What is waited for at this moment, when the phase is one that waits. */
  async progressText(): Promise<string | undefined> {
    const [{ progressText }, { countConnections }] = await Promise.all([
      import("./progress_text.ts"),
      import("../host/net/connection_count.ts"),
    ]);
    return progressText({
      phase: this.#phase,
      marks: this.#timeline?.marks ?? {},
      now: this.#now(),
      limits: this.limits,
      readyPath: this.plan.readyPath,
      countConnections: () => countConnections(this.#listens.map(({ address }) => address)),
    });
  }

  /** A log that also keeps its last lines here, whatever the level from which it writes. */
  recordingLog(log: Log): Log {
    const line = (level: LogLevel): Log[LogLevel] => (event, message, fields) => {
      this.#events.push({ at: this.#now(), level, event, message: firstLine(message) });
      if (this.#events.length > KEPT_EVENTS) this.#events.shift();
      this.#writeSoon();
      log[level](event, message, fields);
    };
    return {
      debug: log.debug,
      info: line("info"),
      warning: line("warning"),
      error: line("error"),
    };
  }

  /** Nothing is written any more. */
  close(): void {
    this.#timeline = undefined;
    this.file?.remove();
  }

  #now(): number {
    return Math.round(this.clock.now());
  }

  async #writeSoon(): Promise<void> {
    this.#isStale = true;
    if (this.#willWrite || !this.file) return;
    this.#willWrite = true;
    await this.clock.sleep(WRITE_AFTER_MS);
    this.#willWrite = false;
    if (this.#isStale) this.#write();
  }

  #write(): void {
    this.#isStale = false;
    if (!this.#timeline) return;
    const { nginx, gunicorn } = this.#pair;
    this.file?.write({
      version,
      phase: this.#phase,
      startedAt: this.#startedAt,
      nginx: nginx && this.#identify(nginx.pid),
      gunicorn: gunicorn && this.#identify(gunicorn.pid),
      socket: this.plan.socket,
      ready: this.#listens.length ? this.#readyCheck() : undefined,
      listens: this.#listens.map(({ address }) => address),
      limits: this.limits,
      timeline: { start: 0, ...this.#timeline.marks },
      stopCause: this.#stopCause,
      reloads: this.#reloads,
      events: this.#events,
    });
  }

  /** As readiness itself asks. */
  #readyCheck(): ReadyCheck {
    const { readyPath: path, socket } = this.plan;
    const plain = this.#listens.find(({ plainHttp }) => plainHttp);
    return plain
      ? { address: plain.address, path, throughNginx: true }
      : { address: { transport: "unix", path: socket }, path, throughNginx: false };
  }

  /** Looked up once: later the pid may be another's. */
  #identify(pid: number): ProcessIdentity {
    const known = this.#identities.get(pid) ?? identifyProcess(pid);
    this.#identities.set(pid, known);
    return known;
  }
}

function firstLine(text: string): string {
  return text.split("\n")[0]!.slice(0, LONGEST_MESSAGE);
}
