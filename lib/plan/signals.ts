/** The signals that a user may send to tandem, and what each does. */

export type SignalName =
  | "SIGTERM"
  | "SIGINT"
  | "SIGQUIT"
  | "SIGHUP"
  | "SIGUSR1"
  | "SIGTTIN"
  | "SIGTTOU"
  | "SIGCHLD"
  | "SIGWINCH"
  | "SIGPIPE"
  | "SIGKILL"
  | "SIGRTMIN+3";

export type SignalAction =
  | "stop"
  | "reload"
  | "reopen-logs"
  | "more-workers"
  | "fewer-workers"
  | "ignore";

/** What tandem does for a signal while it goes on serving. */
export type ControlAction = Exclude<SignalAction, "stop" | "ignore">;

export interface SignalRow {
  readonly signals: readonly SignalName[];
  readonly action: SignalAction;
  /** The masters that get the same signal from tandem. */
  readonly forwardTo: readonly ("nginx" | "gunicorn")[];
  readonly meaning: string;
}

/** Tandem acts by this table, and docs/running.md and the help show it. SIGCHLD is left to the reaper. */
export const signalTable: readonly SignalRow[] = [
  {
    signals: ["SIGTERM", "SIGINT", "SIGQUIT"],
    action: "stop",
    forwardTo: [],
    meaning:
      "coordinated stop; a second SIGTERM or SIGINT skips --drain-delay, a third ends the grace period",
  },
  {
    signals: ["SIGRTMIN+3"],
    action: "stop",
    forwardTo: [],
    meaning:
      "coordinated stop in the slim edition, as systemd asks of containers; otherwise ignored",
  },
  {
    signals: ["SIGHUP"],
    action: "reload",
    forwardTo: ["nginx", "gunicorn"],
    meaning:
      "checks nginx.conf and the app; if they pass, SIGHUP to both, else an error line and nothing changes; a stop if tandem's terminal has closed or its shell has died",
  },
  {
    signals: ["SIGUSR1"],
    action: "reopen-logs",
    forwardTo: ["nginx", "gunicorn"],
    meaning: "nginx and gunicorn reopen their logs",
  },
  {
    signals: ["SIGTTIN"],
    action: "more-workers",
    forwardTo: ["gunicorn"],
    meaning: "add one gunicorn worker",
  },
  {
    signals: ["SIGTTOU"],
    action: "fewer-workers",
    forwardTo: ["gunicorn"],
    meaning: "remove one gunicorn worker",
  },
  {
    signals: ["SIGWINCH"],
    action: "ignore",
    forwardTo: [],
    meaning: "ignored, like SIGPIPE and every other ignorable signal",
  },
];
