/** The environment of everything that a test starts: nothing of the tester's own settings reaches it. */

export const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** With `clearEnv`. Only what sanitizers, emulators and the locale need is passed on. */
export function baseEnvironment(): Record<string, string> {
  const passed = Object.entries(Deno.env.toObject())
    .filter(([name]) => /^([A-Z]+SAN_OPTIONS|QEMU_\w+|LANG|LC_ALL)$/.test(name));
  return { ...Object.fromEntries(passed), PATH: USUAL_PATH, HOME: "/" };
}
