/** No process or thread may be made any more. */

import { type ControlGroup, makeControlGroup } from "../../../support/machine/control_group.ts";
import type { Fault, Preparation } from "../fault.ts";
import { isSlim } from "../setup.ts";

const groups = new WeakMap<AsyncDisposableStack, string>();

/** Starts tandem in a group of its own. */
function limitProcesses({ prefix, undo }: Preparation, most: string): void {
  const limits = { "pids.max": most };
  const group = makeControlGroup("pids", { 1: limits, 2: limits });
  if (!group) throw new Error("Cannot make a control group");
  undo.use(group);
  groups.set(undo, group.joinFile.replace(/[^/]*$/, ""));
  prefix.push("sh", "-c", 'echo $$ >"$0" && exec "$@"', group.joinFile);
}

const canLimit = await (async () => {
  const limits = { "pids.max": "100" };
  await using group: ControlGroup | undefined = makeControlGroup("pids", { 1: limits, 2: limits });
  return group !== undefined;
})();

/** With fewer threads Deno's own start panics, before tandem's first line. */
const LEAST_OF_DENO = 10;

/** gunicorn's master ends with 255 if it cannot fork. */
const NO_FORK = 255;

export const processFaults: readonly Fault[] = [
  {
    name: "no more processes",
    applies: () => canLimit,
    expects: { ends: [NO_FORK], mayServeOn: true, losesRequests: true },
    prepare: (preparation) => limitProcesses(preparation, "max"),
    inject({ launcher, random, undo, note }) {
      const group = groups.get(undo)!;
      const used = Number(Deno.readTextFileSync(`${group}/pids.current`));
      const most = used + random.between(0, 2);
      note(`${used} of ${most} in use`);
      Deno.writeTextFileSync(`${group}/pids.max`, `${most}`);
      for (const signal of ["SIGHUP", "SIGTTIN"] as const) launcher.signal(signal);
      return Promise.resolve();
    },
  },
  {
    name: "few processes from the start",
    applies: () => canLimit,
    moment: "start",
    expects: { mayNotStart: [1, 69, 75, 78, NO_FORK], mayServeOn: true, losesRequests: true },
    prepare(preparation) {
      const { random, setup } = preparation;
      const least = isSlim(setup) ? 2 : LEAST_OF_DENO;
      limitProcesses(preparation, `${random.between(least, 24)}`);
      // gunicorn starts workers without end that cannot make their threads.
      preparation.args.push("--start-timeout", "5");
    },
    inject({ undo, note }) {
      note(`at most ${Deno.readTextFileSync(`${groups.get(undo)}/pids.max`).trim()}`);
      return Promise.resolve();
    },
  },
];
