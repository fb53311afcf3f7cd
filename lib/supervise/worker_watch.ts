/** Notices each gunicorn worker that ends, without reading gunicorn's output. */

import type { Pidfds } from "../host/process/pidfds.ts";
import type { Clock } from "../host/system/clock.ts";
import type { ControlAction } from "../plan/signals.ts";
import { deathOfStatus, type WorkerDeath } from "./worker_deaths.ts";

export interface WatchDependencies {
  clock: Clock;
  pidfds: Pidfds;
  /** The pids of gunicorn's workers at this moment. */
  listWorkers(): number[];
  /** How many workers gunicorn is started with. */
  workers: number;
  /** Whether gunicorn replaces workers by itself, such as with --max-requests. */
  replacesWorkers: boolean;
  onDeath(death: WorkerDeath): void;
}

/**
 * No event tells of a new worker. So gunicorn's workers are listed when some may have started, and then after these
 * times until all are found: measured, gunicorn replaces a worker within 18 ms, and pauses up to 100 ms between two.
 */
const LIST_AFTER_MS = [0, 100, 400, 1500, 5000];

/** gunicorn's master has asked how the worker ended by then; a busy one later. */
const ASK_AFTER_MS = [50, 250, 1000];

export class WorkerWatch {
  /** pidfd -> pid */
  readonly #watched = new Map<number, number>();
  /** pidfds of workers that gunicorn replaces because of a reload. */
  readonly #outgoing = new Set<number>();
  /** Further workers that gunicorn has been asked to end. */
  #dismissed = 0;
  #expected: number;
  #search = new AbortController();

  constructor(private readonly dependencies: WatchDependencies) {
    this.#expected = dependencies.workers;
  }

  /** Until waiting is impossible. */
  async run(): Promise<void> {
    this.find();
    for (;;) this.#onEnd(await this.dependencies.pidfds.next());
  }

  /** Finds workers that may have started. */
  async find(): Promise<void> {
    // A later search takes the place of the one before, and leaves no timer of it.
    this.#search.abort();
    const { signal } = this.#search = new AbortController();
    for (let turn = 0; turn < LIST_AFTER_MS.length;) {
      const pause = LIST_AFTER_MS[turn]!;
      if (pause > 0) await this.dependencies.clock.sleep(pause, signal).catch(() => {});
      if (signal.aborted) return;
      const hasFound = this.#list();
      if (this.#watched.size >= this.#expected) return;
      if (!hasFound || turn === 0) turn++;
    }
  }

  /** To be called before gunicorn gets the signal. */
  onForward(action: ControlAction): void {
    switch (action) {
      case "reload":
        this.#list();
        this.#expected = this.dependencies.workers;
        this.#dismissed = 0;
        for (const pidfd of this.#watched.keys()) this.#outgoing.add(pidfd);
        return void this.find();
      case "more-workers":
        this.#expected++;
        return void this.find();
      case "fewer-workers":
        // gunicorn keeps the last one.
        if (this.#expected <= 1) return;
        this.#expected--;
        this.#dismissed++;
        return;
      case "reopen-logs":
        return;
    }
  }

  /** @returns whether it has found a new worker */
  #list(): boolean {
    const { pidfds, listWorkers } = this.dependencies;
    const known = new Set(this.#watched.values());
    const before = known.size;
    for (const pid of listWorkers()) {
      if (known.has(pid)) continue;
      const pidfd = pidfds.open(pid);
      if (pidfd !== undefined) this.#watched.set(pidfd, pid);
    }
    return this.#watched.size > before;
  }

  async #onEnd(pidfd: number): Promise<void> {
    const { pidfds, replacesWorkers, onDeath } = this.dependencies;
    const pid = this.#watched.get(pidfd)!;
    this.#watched.delete(pidfd);
    let isAsked = this.#outgoing.delete(pidfd);
    if (!isAsked && this.#dismissed > 0) {
      this.#dismissed--;
      isAsked = true;
    }
    this.find();
    const status = await this.#askStatus(pidfd);
    pidfds.close(pidfd);
    // Without a status, an exit in order cannot be told from a death, and a false alarm is worse than none.
    const isInOrder = isAsked || replacesWorkers;
    const death = status === undefined
      ? isInOrder ? undefined : { pid }
      : deathOfStatus(pid, status);
    if (death) onDeath(death);
  }

  async #askStatus(pidfd: number): Promise<number | undefined> {
    for (const pause of ASK_AFTER_MS) {
      await this.dependencies.clock.sleep(pause);
      const status = this.dependencies.pidfds.readStatus(pidfd);
      if (status !== undefined) return status;
    }
    return undefined;
  }
}
