/** Tells systemd what a unit of Type=notify has to tell: readiness, reloads, the stop, signs of life, its status. */

import type { Clock } from "../../host/system/clock.ts";
import type { Deadlines } from "../../plan/launch_plan.ts";
import { formatDuration } from "../../plan/format.ts";
import { AFTER_GRACE_MS } from "../../plan/stop_times.ts";
import type { RunEvent } from "../dependencies.ts";
import type { Phase } from "../phases.ts";
import { Progress } from "../progress.ts";
import { firstLine } from "../recent_events.ts";

export interface SystemdDependencies {
  clock: Clock;
  deadlines: Deadlines;
  /** Where the messages go: a `NotifySocket`. */
  socket: {
    enter(state: string, facts: Record<string, string>): void;
    tell(facts: Record<string, string>): void;
    close(): void;
  };
  mainPid: number | undefined;
  monotonicMicroseconds(): bigint;
  /** What a long start or drain waits for. */
  describeProgress(): Promise<string | undefined>;
  /** Why the pair stops. */
  describeStop(): string;
  /** Called before the masters get the signal. @returns waits until fresh workers answer, however long that takes */
  watchReload(): (signal: AbortSignal) => Promise<void>;
  /** Until the signal aborts; `undefined` without a watchdog. */
  feedWatchdog: ((ping: () => void, signal: AbortSignal) => Promise<void>) | undefined;
}

/** How often the status of a long start or drain is told, in milliseconds. */
const STATUS_EVERY_MS = 2000;
/** Each extension of the stop is for this long, so that a tandem that hangs is not waited for. */
const EXTENSION_MS = 15_000;

/** An abort without a reason would cost a stack trace. */
const NOT_SERVING = "the pair serves no longer";

export class SystemdNotifier {
  #phase: Phase = "starting";
  readonly #serving = new AbortController();
  readonly #progress: Progress;
  #drainBegin = 0;
  #runningReloads = 0;
  #reloadBegin = 0;
  #waitForWorkers: ((signal: AbortSignal) => Promise<void>) | undefined;

  constructor(private readonly dependencies: SystemdDependencies) {
    const display = {
      everyMs: STATUS_EVERY_MS,
      show: (text: string) => this.#tellStatus(text),
      clear() {},
    };
    this.#progress = new Progress(dependencies.describeProgress, display, dependencies.clock);
    this.#progress.onPhase("starting");
    this.#tellStatus("starting");
  }

  onPhase(phase: Phase): void {
    const { clock, socket, mainPid, feedWatchdog, describeStop } = this.dependencies;
    this.#phase = phase;
    this.#progress.onPhase(phase);
    switch (phase) {
      case "starting":
        return;
      case "serving": {
        const status = `serving, ready in ${formatDuration(clock.now())}`;
        socket.enter("READY=1", { ...mainPid && { MAINPID: `${mainPid}` }, STATUS: status });
        const ping = () => socket.tell({ WATCHDOG: "1" });
        // Rejects when the pair serves no longer.
        feedWatchdog?.(ping, this.#serving.signal).catch(() => {});
        return;
      }
      case "draining":
        this.#serving.abort(NOT_SERVING);
        this.#drainBegin = clock.now();
        return socket.enter("STOPPING=1", this.#facts(`draining: ${describeStop()}`));
      case "stopped":
        this.#tellStatus(`stopped: ${describeStop()}`);
        return socket.close();
    }
  }

  onEvent(event: RunEvent): void {
    if (this.#phase !== "serving") return;
    if (event.kind === "reloading") this.#beginReload();
    if (event.kind === "forward" && event.action === "reload") {
      this.#waitForWorkers = this.dependencies.watchReload();
    }
    if (event.kind === "reload") this.#endReload(event.complaint);
  }

  #beginReload(): void {
    const { clock, socket, monotonicMicroseconds } = this.dependencies;
    this.#runningReloads++;
    this.#reloadBegin = clock.now();
    // With Type=notify-reload, systemd compares this time with that of its own signal.
    const state = `RELOADING=1\nMONOTONIC_USEC=${monotonicMicroseconds()}`;
    socket.enter(state, { STATUS: "reloading" });
  }

  /** For systemd a reload that was rejected is over too: it knows no message for a failed one. */
  async #endReload(complaint: string | undefined): Promise<void> {
    if (complaint === undefined) {
      await this.#waitForWorkers?.(this.#serving.signal).catch(() => {});
    }
    this.#runningReloads = Math.max(0, this.#runningReloads - 1);
    if (this.#runningReloads > 0 || this.#phase !== "serving") return;
    const { clock, socket } = this.dependencies;
    const status = complaint === undefined
      ? `serving, reloaded in ${formatDuration(clock.now() - this.#reloadBegin)}`
      : `serving, reload rejected, still on the old configuration: ${complaint}`;
    socket.enter("READY=1", this.#facts(status));
  }

  #tellStatus(text: string): void {
    this.dependencies.socket.tell(this.#facts(text));
  }

  #facts(status: string): Record<string, string> {
    const facts = { STATUS: firstLine(status) };
    if (this.#phase !== "draining") return facts;
    // Has no effect unless TimeoutStopSec= is shorter than what the drain may take.
    const { clock, deadlines } = this.dependencies;
    const remaining = this.#drainBegin + deadlines.grace + AFTER_GRACE_MS - clock.now();
    const extension = Math.min(EXTENSION_MS, Math.max(0, remaining));
    return extension > 0
      ? { ...facts, EXTEND_TIMEOUT_USEC: `${Math.ceil(extension) * 1000}` }
      : facts;
  }
}
