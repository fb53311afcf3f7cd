/** Keeps the state file of a run up to date, for `status`, `health`, `reload` and `stop`. */

import { commit, edition, version } from "../build_info.ts";
import { type StateFile } from "../host/state/file.ts";
import { identifyProcess } from "../host/state/identity.ts";
import type {
  LineCounts,
  ProcessIdentity,
  ReadyCheck,
  Reloads,
  RunLimits,
  State,
} from "../host/state/schema.ts";
import type { Clock } from "../host/system/clock.ts";
import type { Listen } from "../nginx/directives.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { RunEvent } from "./dependencies.ts";
import type { DrainStep, Pair } from "./drain.ts";
import type { Phase } from "./phases.ts";
import { firstLine, RecentEvents } from "./recent_events.ts";
import { type CauseName, causeName, describeCause } from "./stop_cause.ts";
import type { Timeline } from "./timeline.ts";

/** The steps of a start follow one another quickly, and several of them share one write. */
const WRITE_AFTER_MS = 20;
/** Relayed lines are counted in the file this long after them, in milliseconds. */
const LINES_AFTER_MS = 5000;

/** Without what identifies tandem's own process. */
export type RunState = Omit<State, keyof ProcessIdentity>;

export class RunRecord {
  readonly limits: RunLimits;
  #listens: Listen[] = [];
  /** The address that answered when the pair became ready; `null` if the app's own answer decided. */
  #readyListen: Listen | null | undefined;
  #lastAnswer: number | undefined;
  /** When the question was asked that has no answer yet. */
  #unansweredSince: number | undefined;
  #phase: Phase = "starting";
  #socketIdentity: string | undefined;
  #drainStep: DrainStep | undefined;
  #pair: Pair = {};
  #timeline: Timeline | undefined;
  #stopCause: string | undefined;
  /** Before tandem's start, in the same memory cgroup. */
  #oldMemoryKills: number | undefined;
  #workerDeaths: Pick<State, "workerDeaths" | "workerDeathReasons"> = {};
  #countLines: (() => LineCounts) | undefined;
  #willCountLines = false;
  #cause: CauseName | undefined;
  readonly #reloads: Reloads = { done: 0, refused: 0 };
  readonly events = new RecentEvents(() => this.#now(), () => void this.#writeSoon());
  readonly #identities = new Map<number, ProcessIdentity>();
  readonly #startedAt = new Date().toISOString();
  /** Something has changed since the last write. */
  #isStale = false;
  #willWrite = false;

  constructor(
    private readonly file: StateFile | undefined,
    private readonly plan: LaunchPlan,
    private readonly clock: Clock,
  ) {
    const { startTimeout, deadlines: { drainDelay, grace } } = plan;
    this.limits = { startTimeout, drainDelay, grace };
  }

  onListens(listens: Listen[]): void {
    this.#listens = listens;
    // A reload may have removed the address that answered.
    if (!listens.some(({ text }) => text === this.#readyListen?.text)) {
      this.#readyListen = undefined;
    }
    this.#writeSoon();
  }

  onMemoryKills(before: number | undefined): void {
    this.#oldMemoryKills = before;
    this.#writeSoon();
  }

  /** Called with 0 if deaths are counted. */
  onWorkerDeaths(workerDeaths: number, workerDeathReasons: Record<string, number>): void {
    this.#workerDeaths = { workerDeaths, workerDeathReasons };
    this.#writeSoon();
  }

  /** Called once, if the children's output is relayed. */
  onRelay(countLines: () => LineCounts): void {
    this.#countLines = countLines;
  }

  /** Called often, whenever lines were relayed or dropped. */
  async onLines(): Promise<void> {
    if (this.#willCountLines || !this.file) return;
    this.#willCountLines = true;
    await this.clock.sleep(LINES_AFTER_MS);
    this.#willCountLines = false;
    this.#write();
  }

  /** Whether a worker that exits was not asked to. */
  get isServing(): boolean {
    return this.#phase === "starting" || this.#phase === "serving";
  }

  /** @param identity of gunicorn's socket, from which other commands see that it was removed or replaced */
  onSocket(identity: string | undefined): void {
    this.#socketIdentity = identity;
  }

  onPhase(phase: Phase, pair: Pair, timeline: Timeline): void {
    this.#phase = phase;
    this.#pair = pair;
    this.#timeline = timeline;
    this.#write();
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case "mark":
        // The start has come further, and asks another question.
        this.#unansweredSince = undefined;
        return void this.#writeSoon();
      case "not-ready":
        this.#lastAnswer = event.status;
        this.#unansweredSince = undefined;
        return this.#write();
      case "unanswered":
        this.#unansweredSince = this.#now() - event.milliseconds;
        return this.#write();
      case "ready":
        this.#readyListen = event.listen ?? null;
        this.#lastAnswer = this.#unansweredSince = undefined;
        return void this.#writeSoon();
      case "stop":
        // Written with the phase, which follows at once.
        this.#cause = causeName(event.cause);
        this.#stopCause = firstLine(describeCause(event.cause));
        return;
      case "drain-step":
        this.#drainStep = event.step;
        return this.#write();
      case "reload":
        this.#reloads[event.complaint === undefined ? "done" : "refused"]++;
        this.#reloads.last = { at: this.#now(), complaint: event.complaint };
        return this.#write();
    }
  }

  /** Milliseconds from gunicorn's start to the app's first answer. */
  get firstImport(): number {
    const { gunicornStarted = 0, appAnswered = 0 } = this.#timeline?.marks ?? {};
    return Math.max(0, appAnswered - gunicornStarted);
  }

  /** @returns what is being waited for; `undefined` in a phase that waits for nothing */
  async progressText(): Promise<string | undefined> {
    const [{ progressText }, { countConnections }] = await Promise.all([
      import("./progress_text.ts"),
      import("../host/net/connection_count.ts"),
    ]);
    return progressText({
      phase: this.#phase,
      drainStep: this.#drainStep,
      marks: this.#timeline?.marks ?? {},
      now: this.#now(),
      limits: this.limits,
      readyPath: this.plan.readyPath,
      lastAnswer: this.#lastAnswer,
      unansweredSince: this.#unansweredSince,
      countConnections: () => countConnections(this.#listens.map(({ address }) => address)),
    });
  }

  /** Removes the state file. Nothing is written after that. */
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
    const state = this.state;
    if (state) this.file?.write(state);
  }

  /** `undefined` before the first phase and after the end. */
  get state(): RunState | undefined {
    if (!this.#timeline) return undefined;
    const { nginx, gunicorn } = this.#pair;
    return {
      ...{ version, edition, commit },
      phase: this.#phase,
      drainStep: this.#drainStep,
      startedAt: this.#startedAt,
      nginx: nginx && this.#identify(nginx.pid),
      gunicorn: gunicorn && this.#identify(gunicorn.pid),
      socket: this.plan.socket,
      socketIdentity: this.#socketIdentity,
      ready: this.#listens.length ? this.#readyCheck() : undefined,
      lastAnswer: this.#lastAnswer,
      unansweredSince: this.#unansweredSince,
      listens: this.#listens.map(({ address }) => address),
      limits: this.limits,
      timeline: { start: 0, ...this.#timeline.marks },
      oldMemoryKills: this.#oldMemoryKills,
      ...this.#workerDeaths,
      lines: this.#countLines?.(),
      cause: this.#cause,
      stopCause: this.#stopCause,
      reloads: this.#reloads,
      events: this.events.entries,
    };
  }

  /** Where `health` asks: at the address that answered when the pair became ready. */
  #readyCheck(): ReadyCheck {
    const { readyPath: path, socket } = this.plan;
    const listen = this.#readyListen === undefined
      ? this.#listens.find(({ plainHttp }) => plainHttp)
      : this.#readyListen;
    return listen
      ? { address: listen.address, path, throughNginx: true }
      : { address: { transport: "unix", path: socket }, path, throughNginx: false };
  }

  /** Read once, because a later process can get the same pid. */
  #identify(pid: number): ProcessIdentity {
    const known = this.#identities.get(pid) ?? identifyProcess(pid);
    this.#identities.set(pid, known);
    return known;
  }
}
