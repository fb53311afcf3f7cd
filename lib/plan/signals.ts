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
  | "SIGKILL";

export type SignalAction =
  | "stop"
  | "reload"
  | "reopen logs"
  | "more workers"
  | "fewer workers"
  | "ignore";

/** What is asked of a pair that goes on serving. */
export type ControlAction = Exclude<SignalAction, "stop" | "ignore">;

/** The table that the launcher acts on and that README and help show. SIGCHLD is the reaper's. */
export const signalTable: readonly {
  signals: readonly SignalName[];
  action: SignalAction;
  meaning: string;
}[] = [
  {
    signals: ["SIGTERM", "SIGINT", "SIGQUIT"],
    action: "stop",
    meaning:
      "coordinated stop; a second SIGTERM or SIGINT skips --drain-delay, a third ends the grace period",
  },
  {
    signals: ["SIGHUP"],
    action: "reload",
    meaning: "nginx -t first; if it passes SIGHUP to both, else an error line and nothing changes",
  },
  { signals: ["SIGUSR1"], action: "reopen logs", meaning: "both reopen their logs" },
  { signals: ["SIGTTIN"], action: "more workers", meaning: "one gunicorn worker more" },
  { signals: ["SIGTTOU"], action: "fewer workers", meaning: "one gunicorn worker less" },
  {
    signals: ["SIGWINCH"],
    action: "ignore",
    meaning: "ignored, as are SIGPIPE and all others that can be",
  },
];
