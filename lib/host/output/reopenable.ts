/** Tests whether the children can open tandem's stdout and stderr by path, as nginx does through its log links. */

import { cString, libc } from "../system/libc.ts";

const O_WRONLY = 1;
const O_CREAT = 0o100;
const O_NOCTTY = 0o400;
const O_APPEND = 0o2000;
/** Without it, opening a FIFO that has no reader would block. */
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

/**
 * Opens the descriptor as nginx's master will, with the same user. Fails for a socket (ENXIO), and for another user's
 * terminal or pipe (EACCES).
 */
export function canReopen(fd: number): boolean {
  const flags = O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
  const opened = libc().open(cString(`/proc/self/fd/${fd}`), flags, 0);
  if (opened < 0) return false;
  libc().close(opened);
  return true;
}
