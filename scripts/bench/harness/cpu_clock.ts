/** The CPU time of other processes, by the kernel's clock of each: /proc/PID/stat counts in steps of 10 ms only. */

const libc = Deno.dlopen("libc.so.6", {
  clock_getcpuclockid: { parameters: ["i32", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
}).symbols;

/** User and system time of all its threads, ended ones included; 0 for a process that has been reaped. */
export function cpuMilliseconds(pid: number): number {
  const clock = new Int32Array(1);
  const time = new BigInt64Array(2);
  if (libc.clock_getcpuclockid(pid, clock) !== 0) return 0;
  if (libc.clock_gettime(clock[0]!, time) !== 0) return 0;
  return Number(time[0]!) * 1e3 + Number(time[1]!) / 1e6;
}
