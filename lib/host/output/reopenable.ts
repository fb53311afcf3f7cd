/** Whether the children can open tandem's stdout and stderr again, as nginx does by way of its log links. */

import { cString, libc } from "../system/libc.ts";

const O_WRONLY = 1;
const O_CREAT = 0o100;
const O_NOCTTY = 0o400;
const O_APPEND = 0o2000;
/** A pipe without a reader would otherwise hold the open, and tandem with it. */
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

/**
 * Tries what nginx will do, as the user that its master will be. A socket says "no such device", another user's
 * terminal or pipe "permission denied".
 */
export function canReopen(fd: number): boolean {
  const flags = O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
  const opened = libc().open(cString(`/proc/self/fd/${fd}`), flags, 0);
  if (opened < 0) return false;
  libc().close(opened);
  return true;
}
