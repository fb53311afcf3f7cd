/** Fake children: they trace the signals they get, and exit as their manners say. */

import type { ChildStatus, ProcessGroup } from "../../../lib/host/process/child.ts";
import type { ChildName } from "../../../lib/plan/launch_plan.ts";
import type { SignalName } from "../../../lib/plan/signals.ts";
import type { Orphan, Orphans } from "../../../lib/host/process/adopted.ts";
import type { SignalOutcome } from "../../../lib/host/process/signals.ts";
import type { FakeClock } from "./fake_clock.ts";

/** Events in order: "1000: SIGTERM to nginx", "1002: nginx gone". */
export type Trace = string[];

export interface Manners {
  /**
   * Milliseconds from a signal to the exit of the whole group; other signals are ignored. SIGKILL takes effect at
   * once, unless it is `never`, as for a process in uninterruptible sleep.
   */
  exitsAfter?: Partial<Record<SignalName, number | "never">>;
  /** How many of these signals are lost, as in a process that is just starting. */
  loses?: Partial<Record<SignalName, number>>;
  /** Whether tandem may not signal it. */
  refuses?: boolean;
  /** Milliseconds from its start until a control signal no longer ends it. */
  handlesAfter?: number;
}

const CONTROLS: readonly SignalName[] = ["SIGHUP", "SIGUSR1", "SIGTTIN", "SIGTTOU"];

let lastPid = 100;

export class FakeChild<Name extends string = ChildName> implements ProcessGroup {
  readonly pid = ++lastPid;
  readonly stopSignal: SignalName;
  isGone = false;
  readonly #status = Promise.withResolvers<ChildStatus>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #exiting = new AbortController();
  #masterIsGone = false;
  readonly #startedAt: number;
  #isAsked = false;
  wasStoppedByOther = false;

  constructor(
    readonly name: Name,
    private readonly clock: FakeClock,
    private readonly trace: Trace,
    private readonly manners: Manners = {},
  ) {
    this.stopSignal = name === "nginx" ? "SIGQUIT" : "SIGTERM";
    this.#startedAt = clock.now();
  }

  get status(): Promise<ChildStatus> {
    return this.#status.promise;
  }

  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** To the master, or to the group once the master has exited. */
  signal(signal: SignalName): SignalOutcome {
    return this.#receive(signal, this.#masterIsGone ? `${this.name}'s group` : this.name);
  }

  signalGroup(signal: SignalName): SignalOutcome {
    return this.#receive(signal, `${this.name}'s group`);
  }

  handles(): boolean {
    return this.clock.now() - this.#startedAt >= (this.manners.handlesAfter ?? 0);
  }

  /** Master and workers exit. */
  exit(status: ChildStatus = { code: 0, signal: null }): void {
    if (this.isGone) return;
    this.#note(`${this.name} gone`);
    this.isGone = true;
    this.#exiting.abort();
    this.exitMaster(status);
    this.#gone.resolve();
  }

  /** Only the master exits; its workers are orphans. */
  exitMaster(status: ChildStatus): void {
    if (!this.#masterIsGone) this.wasStoppedByOther = !this.#isAsked && status.code === 0;
    this.#masterIsGone = true;
    this.#status.resolve(status);
  }

  #receive(signal: SignalName, receiver: string): SignalOutcome {
    if (this.isGone) return "gone";
    if (this.manners.refuses) return "not-permitted";
    this.#note(`${signal} to ${receiver}`);
    if (CONTROLS.includes(signal) && !this.handles()) {
      this.exit({ code: 128, signal });
      return "sent";
    }
    this.#isAsked ||= !CONTROLS.includes(signal);
    const lost = this.manners.loses?.[signal] ?? 0;
    if (lost > 0) {
      this.manners.loses = { ...this.manners.loses, [signal]: lost - 1 };
      return "sent";
    }
    const delay = this.manners.exitsAfter?.[signal] ?? (signal === "SIGKILL" ? 0 : "never");
    if (delay !== "never") void this.#exitIn(delay, signal);
    return "sent";
  }

  async #exitIn(milliseconds: number, signal: SignalName): Promise<void> {
    try {
      await this.clock.sleep(milliseconds, this.#exiting.signal);
    } catch {
      return; // It exited earlier.
    }
    this.exit(
      signal === "SIGKILL" ? { code: 128 + 9, signal: "SIGKILL" } : { code: 0, signal: null },
    );
  }

  #note(event: string): void {
    this.trace.push(`${this.clock.now()}: ${event}`);
  }
}

/** @param living the fake processes that are orphans now */
export function fakeOrphans(living: () => readonly FakeChild<string>[]): Orphans {
  const present = () => living().filter(({ isGone }) => !isGone);
  return {
    list: () => present().map(({ pid, name }): Orphan => ({ pid, name, startTicks: 0 })),
    signal: ({ pid }, name) =>
      present().find((orphan) => orphan.pid === pid)?.signal(name) ?? "gone",
    change: () => Promise.race(present().map(({ gone }) => gone)),
  };
}

export const noOrphans: Orphans = fakeOrphans(() => []);
