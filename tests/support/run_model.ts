/** The contract's phases, causes and exit statuses, written down a second time: what a run must do, not how. */

export type ModelPhase = "starting" | "serving" | "draining" | "stopped";

export type ModelCause =
  | { kind: "stop-requested" }
  | { kind: "child-exited"; child: "nginx" | "gunicorn"; code: number }
  | { kind: "not-ready" | "refused" | "cannot-start" | "internal-error" };

const STATUSES = { "not-ready": 75, "refused": 78, "cannot-start": 69, "internal-error": 70 };

export class RunModel {
  phase: ModelPhase = "starting";
  /** The first one. */
  cause: ModelCause | undefined;
  /** Whether a child exited with 0 in the drain before tandem asked it to. */
  stoppedByOther = false;

  get isUp(): boolean {
    return this.phase === "starting" || this.phase === "serving";
  }

  /** Ends the run, unless something has ended it already. */
  end(cause: ModelCause): void {
    if (!this.isUp) return;
    this.cause = cause;
    this.phase = "draining";
  }

  /** @param forced whether a child had to be killed, or nginx's connections had to be closed */
  exitStatus(forced: boolean): number {
    const { cause } = this;
    if (!cause) throw new Error("Nothing has ended this run");
    switch (cause.kind) {
      case "stop-requested":
        return forced ? 124 : this.stoppedByOther ? 1 : 0;
      case "child-exited":
        return cause.code === 0 ? 1 : cause.code;
      default:
        return STATUSES[cause.kind];
    }
  }
}
