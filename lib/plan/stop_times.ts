/** How long the last steps of a stop may take, in milliseconds. */

/**
 * The grace period before the app's first answer: there is no request to wait for, and a worker that imports the app
 * exits only when the import is done.
 */
export const UNANSWERED_GRACE_MS = 2000;

/** For the kernel to end a process after SIGKILL. */
export const KILL_MS = 1000;

/** For the reader to take the children's last output, and once more for tandem's own last lines. */
export const LAST_OUTPUT_MS = 1000;

/**
 * The longest that a stop may go on after the grace period. One step follows the other: nginx and gunicorn are killed,
 * then orphans are killed, then the children's last output is read, and then tandem's last lines.
 */
export const AFTER_GRACE_MS = 2 * KILL_MS + 2 * LAST_OUTPUT_MS;
