/** A process of the tree is killed while the pair starts or stops. */

import { killByPid, processes } from "../../../support/machine/process_table.ts";
import { pause } from "../../../support/waiting.ts";
import type { Expectation, Fault, Scene } from "../fault.ts";
import { roleOf } from "../roles.ts";
import { expectationOf, kill, type KillSignal, nameOf } from "./kills.ts";

/** A stop of a pair under load takes 0.5 s to 1.5 s. */
const LATEST_MS = 600;

async function stopAnd(scene: Scene, role: Parameters<typeof kill>[1]): Promise<void> {
  scene.launcher.signal("SIGTERM");
  await pause(scene.random.between(0, LATEST_MS));
  kill(scene, role, "SIGKILL");
}

const DURING_STOP = [
  "nginx master",
  "nginx worker",
  "gunicorn master",
  "gunicorn worker",
] as const;

function anyDuringStart(signal: KillSignal): Fault {
  return {
    name: `${signal} to a random process of the start`,
    moment: "start",
    // tandem itself may be the one.
    expects: { killsTandem: signal === "SIGKILL" },
    inject({ launcher, random, note }) {
      const table = processes();
      // SIGTERM to tandem is a stop.
      const family = launcher.family().filter(({ pid }) =>
        signal === "SIGKILL" || pid !== launcher.pid
      );
      if (family.length === 0) {
        note("no process yet");
        return Promise.resolve({ mayNotStart: [] });
      }
      const victim = random.pick(family);
      const role = roleOf(victim, launcher.pid, table);
      note(`${role ?? victim.name}`);
      killByPid(victim.pid, signal);
      return Promise.resolve(duringStart(role && expectationOf(role, signal)));
    },
  };
}

/** @param served what follows while the pair serves; `undefined` for a process without a role */
function duringStart(served: Expectation | undefined): Expectation {
  if (served?.killsTandem) return served;
  if (!served) {
    // nginx's test of its conf, or a child that is about to become nginx or gunicorn.
    return { ends: [78, 137, 143], mayServeOn: true, losesRequests: true };
  }
  // Before Python has installed its handlers, a signal ends it.
  const { ends } = served;
  return ends ? { ...served, ends: [...ends, 143], mayServeOn: true } : { losesRequests: true };
}

export const lateKillFaults: readonly Fault[] = [
  anyDuringStart("SIGKILL"),
  anyDuringStart("SIGTERM"),
  ...DURING_STOP.map((role): Fault => ({
    name: `SIGKILL to ${nameOf(role)} during a stop`,
    expects: { ends: [0], losesRequests: true },
    inject: (scene) => stopAnd(scene, role),
  })),
  {
    name: "SIGKILL to tandem during a stop",
    expects: { killsTandem: true, losesRequests: true },
    inject: (scene) => stopAnd(scene, "tandem"),
  },
];
