/** The clock that all processes of a machine share, for a time that another one reads. */

import { libc } from "./libc.ts";

const CLOCK_MONOTONIC = 1;

/** Microseconds of CLOCK_MONOTONIC. */
export function monotonicMicroseconds(): bigint {
  const time = new BigInt64Array(2);
  libc().clock_gettime(CLOCK_MONOTONIC, new Uint8Array(time.buffer));
  return time[0]! * 1_000_000n + time[1]! / 1000n;
}
