/** How long the steps of a reload may take, in milliseconds. */

/** For nginx to test its conf. It takes milliseconds; this is for a very slow disk. */
export const NGINX_CHECK_MS = 10_000;

/** Added to twice the first import's time, because the app is imported beside the workers that serve. */
const SLACK_MS = 10_000;

/** For a fresh import of the app, and at least for Python to find it. */
export function importLimit(firstImport: number): number {
  return 2 * firstImport + SLACK_MS;
}
