/** Tells lines that alarm an operator from those that belong to what a play did. */

const ALARMING =
  /traceback|exception|error|warn|critical|fatal|errno|\[(?:crit|alert|emerg)\]|deprecat|leaked/i;

const EXPECTED: readonly RegExp[] = [
  // gunicorn 20 to 23 say so of each worker that a reload ends, where the class lets the signal end it.
  /\[WARNING\] Worker with pid \d+ was terminated due to signal 15/,
  /\[ERROR\] Worker \(pid:\d+\) was sent SIGTERM!/,
  // An exiting worker closes a connection that nginx keeps, by default from 1.29.7 on; nginx then repeats the request.
  // A request that is lost is counted.
  /recv\(\) failed \(104: Connection reset by peer\)|prematurely closed connection/,
  /writev\(\) failed \(32: Broken pipe\) while sending request to upstream/,
];

/**
 * gunicorn logs from its handler of SIGCHLD, also while it logs already, and Python refuses to write then. It says so
 * from "--- Logging error ---" to the arguments of the line that is lost.
 */
const REFUSED_WRITE =
  /--- Logging error ---\n(?:(?!--- Logging error).*\n)*?.*reentrant call[^]*?\n.*Arguments: .*/g;

/** @returns each shape once: its numbers are 0 */
export function unexpectedLines(
  lines: readonly string[],
  expected: readonly RegExp[] = [],
): string[] {
  const unexpected = lines.join("\n").replaceAll(REFUSED_WRITE, "").split("\n").filter((line) =>
    ALARMING.test(line) && ![...EXPECTED, ...expected].some((pattern) => pattern.test(line))
  );
  return [...new Set(unexpected.map((line) => line.replaceAll(/\d+/g, "0")))];
}
