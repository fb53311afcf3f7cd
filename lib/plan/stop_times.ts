/** How long the last steps of a stop may take, in milliseconds. */

/** For the kernel to end a process after SIGKILL. */
export const KILL_MS = 1000;

/** From SIGTERM to SIGKILL for orphans. No client waits for them, so they get less than nginx and gunicorn. */
export const ORPHANS_MS = 1000;

/** For the reader to take the children's last output, and once more for tandem's own last lines. */
export const LAST_OUTPUT_MS = 1000;

/**
 * The longest that a stop may go on after the grace period. The steps follow one another: nginx and gunicorn are
 * killed, orphans are asked to end and then killed, the children's last output is read, and tandem's last lines are.
 */
export const AFTER_GRACE_MS = KILL_MS + ORPHANS_MS + KILL_MS + 2 * LAST_OUTPUT_MS;
