/** Storms and bursts of signals to tandem. */

import { read } from "../../../support/machine/process_table.ts";
import { pause, until } from "../../../support/waiting.ts";
import type { Fault, Scene } from "../fault.ts";

const RELOADS = 20;
/** No more, because each worker takes memory. */
const MORE_WORKERS = 4;

/** Any of them leaves the pair serving. */
const HARMLESS: readonly Deno.Signal[] = [
  ...["SIGHUP", "SIGUSR1", "SIGTTIN", "SIGTTOU", "SIGWINCH", "SIGUSR2", "SIGCHLD"] as const,
  ...["SIGPIPE", "SIGALRM", "SIGURG", "SIGIO"] as const,
];
const STOPPING: readonly Deno.Signal[] = ["SIGTERM", "SIGINT", "SIGQUIT"];
const BURST = 10;

async function storm(
  { launcher, random }: Scene,
  signals: readonly Deno.Signal[],
  between?: (index: number) => void,
): Promise<void> {
  const gap = random.between(5, 50);
  for (const [index, signal] of signals.entries()) {
    between?.(index);
    launcher.signal(signal);
    await pause(gap);
  }
}

/** Without a pause, so the kernel and the runtime may merge equal ones. */
function burst({ launcher, random, note }: Scene, kinds: readonly Deno.Signal[]): Promise<void> {
  const chosen = random.chance(0.5) ? [random.pick(kinds)] : kinds;
  const signals = Array.from({ length: BURST }, () => random.pick(chosen));
  note(new Set(signals.map((name) => name.slice(3))).values().toArray().join(" "));
  for (const signal of signals) launcher.signal(signal);
  return Promise.resolve();
}

/** Before that a signal ends tandem, which has started nothing yet. */
function listensToSignals({ launcher }: Scene): Promise<unknown> {
  const has = (mask: string | undefined, number: bigint) =>
    (BigInt(`0x${mask}`) >> (number - 1n) & 1n) === 1n;
  const [SIGABRT, SIGPWR] = [6n, 30n];
  return until(20_000, "the last of tandem's signal handlers", () => {
    const status = read(launcher.pid, "status") ?? "";
    // The slim edition ignores it, and the Deno edition has a handler that does nothing.
    const masks = [...status.matchAll(/^Sig(?:Ign|Cgt):\s*([0-9a-f]+)/mg)].map(([, mask]) => mask);
    // All of them are blocked for a moment in each fork, and where a thread is made.
    const isListening = masks.some((mask) => has(mask, SIGPWR) && !has(mask, SIGABRT));
    return !launcher.isRunning || isListening;
  });
}

export const signalFaults: readonly Fault[] = [
  {
    name: "a storm of reloads",
    expects: {},
    inject: (scene) => storm(scene, Array(RELOADS).fill("SIGHUP")),
  },
  {
    name: "a storm of reloads, some of a broken conf",
    applies: ({ conf }) => conf === "user's",
    expects: {},
    async inject(scene) {
      const { image, random } = scene;
      const right = Deno.readTextFileSync(image.nginxConf);
      const isBroken = Array.from({ length: RELOADS }, () => random.chance(0.5));
      // Renamed into place, as careful people do: nginx never reads half a conf.
      const write = (text: string) => {
        Deno.writeTextFileSync(`${image.nginxConf}.fresh`, text);
        Deno.renameSync(`${image.nginxConf}.fresh`, image.nginxConf);
      };
      await storm(scene, Array(RELOADS).fill("SIGHUP"), (index) => {
        write(isBroken[index] ? `${right}\nno_such_directive;\n` : right);
      });
      write(right);
    },
  },
  {
    name: "a storm of SIGTTIN and SIGTTOU",
    expects: {},
    inject: (scene) =>
      storm(scene, [
        ...scene.random.shuffled([
          ...Array(MORE_WORKERS).fill("SIGTTIN"),
          ...Array(MORE_WORKERS).fill("SIGTTOU"),
        ]),
        ...Array(MORE_WORKERS).fill("SIGTTOU"),
      ]),
  },
  {
    name: "a storm of SIGUSR1",
    expects: {},
    inject: (scene) => storm(scene, Array(RELOADS).fill("SIGUSR1")),
  },
  {
    name: "ten signals at once, none a stop",
    expects: {},
    inject: (scene) => burst(scene, HARMLESS),
  },
  {
    name: "ten stop signals at once",
    // Three of different kinds end the grace period.
    expects: { ends: [0, 124], losesRequests: true },
    inject: (scene) => burst(scene, STOPPING),
  },
  {
    name: "ten signals at once during the start, none a stop",
    moment: "start",
    expects: {},
    inject: (scene) => listensToSignals(scene).then(() => burst(scene, HARMLESS)),
  },
  {
    name: "ten stop signals at once during the start",
    moment: "start",
    expects: { ends: [0, 124], losesRequests: true },
    inject: (scene) => listensToSignals(scene).then(() => burst(scene, STOPPING)),
  },
];
