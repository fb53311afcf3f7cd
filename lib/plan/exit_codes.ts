/** The statuses that tandem itself exits with, and when. A child's own status is passed on beside them. */
export const EXIT = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  internalError: 70,
  /** Only of the slim edition, by slim/native/out_of_memory.c. */
  outOfMemory: 71,
  startTimeout: 75,
  configuration: 78,
  killed: 124,
} as const;

/** The table that docs/running.md and the help show, in its order. */
export const exitStatusTable: readonly { status: string; when: string }[] = [
  { status: `${EXIT.ok}`, when: "stopped on request, and both children exited in time" },
  {
    status: "child's code, 128+n",
    when: "a child exited unexpectedly: its own code, or 128 + its signal; its code 0 becomes 1",
  },
  {
    status: "1",
    when:
      "stopped on request, but something other than tandem stopped a child, as systemd does without KillMode=mixed",
  },
  { status: "1", when: "gunicorn's own: its settings are wrong, or the app fails with --preload" },
  { status: "3", when: "gunicorn's own: a worker failed to boot, mostly because the app fails" },
  { status: "4", when: "gunicorn's own: the app's module or object was not found" },
  { status: `${EXIT.usage}`, when: "wrong usage or setting" },
  {
    status: `${EXIT.unavailable}`,
    when: "a child could not be started (not found, not executable) after preflight",
  },
  {
    status: `${EXIT.internalError}`,
    when: "internal error (a bug in tandem), please report it; the only case with a stack trace",
  },
  {
    status: `${EXIT.outOfMemory}`,
    when: "tandem itself was refused memory, and has stopped both children (slim edition)",
  },
  { status: `${EXIT.startTimeout}`, when: "not ready within --start-timeout" },
  {
    status: `${EXIT.configuration}`,
    when:
      "configuration: file missing, nginx -t failed, daemon on, master_process off, port or socket in use",
  },
  {
    status: `${EXIT.killed}`,
    when: "stopped on request, but something had to be killed at the end of the grace period",
  },
];
