/** The statuses that tandem itself exits with, and when; a child's own statuses come beside them. */
export const EXIT = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  internalError: 70,
  startTimeout: 75,
  configuration: 78,
  killed: 124,
} as const;

/** The table that README and help show, in its order. */
export const exitStatusTable: readonly { status: string; when: string }[] = [
  { status: `${EXIT.ok}`, when: "a stop was asked for and both children ended in time" },
  {
    status: "child's code, 128+n",
    when:
      "a child ended by itself, unasked: its own code, or 128 + its signal; its code 0 becomes 1",
  },
  { status: `${EXIT.usage}`, when: "wrong usage or setting" },
  {
    status: `${EXIT.unavailable}`,
    when: "a child could not be started (not found, not executable) after preflight",
  },
  {
    status: `${EXIT.internalError}`,
    when: "a defect in tandem itself; the only case with a stack trace",
  },
  { status: `${EXIT.startTimeout}`, when: "not ready within --start-timeout" },
  {
    status: `${EXIT.configuration}`,
    when: "configuration: file missing, nginx -t failed, daemon on, port or socket already taken",
  },
  {
    status: `${EXIT.killed}`,
    when: "a stop was asked for, but something had to be killed at the end of the grace period",
  },
];
