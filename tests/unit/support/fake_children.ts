/** Children without processes: they note what they are sent, and end when their manners say so. */

import type { ChildStatus, ProcessGroup } from "../../../lib/host/process/child.ts";
import type { ChildName } from "../../../lib/plan/launch_plan.ts";
import type { SignalName } from "../../../lib/plan/signals.ts";
import type { FakeClock } from "./fake_clock.ts";

/** What happened, in order: "1000: SIGTERM to nginx", "1002: nginx gone". */
export type Trace = string[];

export interface Manners {
  /**
   * Milliseconds from a signal to the end of the whole group; a signal that is not named is ignored. SIGKILL ends
   * at once, unless `never`, as for a process that the kernel cannot wake.
   */
  endsAfter?: Partial<Record<SignalName, number | "never">>;
  /** How many of these signals are lost, as by a process that is just starting. */
  deafTo?: Partial<Record<SignalName, number>>;
}

let lastPid = 100;

export class FakeChild<Name extends string = ChildName> implements ProcessGroup {
  readonly pid = ++lastPid;
  isGone = false;
  readonly #status = Promise.withResolvers<ChildStatus>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #ending = new AbortController();
  #masterIsGone = false;

  constructor(
    readonly name: Name,
    private readonly clock: FakeClock,
    private readonly trace: Trace,
    private readonly manners: Manners = {},
  ) {}

  get status(): Promise<ChildStatus> {
    return this.#status.promise;
  }

  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** As a real one: to the master, and once that is gone to whoever it left behind. */
  signal(signal: SignalName): void {
    this.#receive(signal, this.#masterIsGone ? `${this.name}'s group` : this.name);
  }

  signalGroup(signal: SignalName): void {
    this.#receive(signal, `${this.name}'s group`);
  }

  /** Master and workers. */
  end(status: ChildStatus = { code: 0, signal: null }): void {
    if (this.isGone) return;
    this.#note(`${this.name} gone`);
    this.isGone = true;
    this.#ending.abort();
    this.endMaster(status);
    this.#gone.resolve();
  }

  /** The workers live on without it. */
  endMaster(status: ChildStatus): void {
    this.#masterIsGone = true;
    this.#status.resolve(status);
  }

  #receive(signal: SignalName, receiver: string): void {
    if (this.isGone) return;
    this.#note(`${signal} to ${receiver}`);
    const deaf = this.manners.deafTo?.[signal] ?? 0;
    if (deaf > 0) {
      this.manners.deafTo = { ...this.manners.deafTo, [signal]: deaf - 1 };
      return;
    }
    const delay = this.manners.endsAfter?.[signal] ?? (signal === "SIGKILL" ? 0 : "never");
    if (delay !== "never") void this.#endIn(delay, signal);
  }

  async #endIn(milliseconds: number, signal: SignalName): Promise<void> {
    try {
      await this.clock.sleep(milliseconds, this.#ending.signal);
    } catch {
      return; // It ended sooner.
    }
    this.end(
      signal === "SIGKILL" ? { code: 128 + 9, signal: "SIGKILL" } : { code: 0, signal: null },
    );
  }

  #note(event: string): void {
    this.trace.push(`${this.clock.now()}: ${event}`);
  }
}
