/** The environment of every process that a test starts, without the tester's own settings. */

export const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** For use with `clearEnv`. Passes on only the variables of sanitizers, QEMU and the locale. */
export function baseEnvironment(): Record<string, string> {
  const passed = Object.entries(Deno.env.toObject())
    .filter(([name]) => /^([A-Z]+SAN_OPTIONS|QEMU_\w+|LANG|LC_ALL)$/.test(name));
  return { ...Object.fromEntries(passed), PATH: USUAL_PATH, HOME: "/" };
}

const sanitizer = [Deno.env.get("ASAN_OPTIONS"), "detect_leaks=0"].filter(Boolean).join(":");

/** For the sanitized edition under strace or with a foreign /proc, where it cannot look for leaks. Ends by exec. */
export const WITHOUT_LEAK_CHECK: readonly string[] = ["env", `ASAN_OPTIONS=${sanitizer}`];
