/** Each death of a gunicorn worker is said and counted where gunicorn's output is inherited; no end in order is. */

import assert from "node:assert/strict";
import { WITHOUT_LEAK_CHECK } from "../../support/environment.ts";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { pause, until } from "../../support/waiting.ts";

const PATIENCE_MS = 30_000;
const IDLE_MS = 3000;
/** tandem asks no longer than this how a worker has ended. */
const LONGEST_DOUBT_MS = 1500;
/** All lines about deaths. */
const DEATH = /tandem: (warning|error): .*worker.* (died|was killed|exited)/;
const forOrdinary: typeof forEachLaunch = (promise, test) =>
  forEachLaunch(promise, test, ["ordinary process"]);

async function serve(harness: Harness, workers: number, ...more: string[]): Promise<Launcher> {
  const args = ["--logs", "inherit", "--workers", `${workers}`, ...more];
  const launcher = await harness.start({ args });
  await launcher.ready();
  await warmUp(launcher, workers);
  return launcher;
}

async function readDeaths(launcher: Launcher) {
  const { workerDeaths, events } = JSON.parse((await typed(launcher, ["status", "--json"])).stdout);
  const names: string[] = events.map(({ event }: { event: string }) => event);
  return { workerDeaths, names };
}

/** Kills one worker and waits until it is counted. */
async function killOne(launcher: Launcher, signal: Deno.Signal): Promise<number> {
  const { workerDeaths: before } = await readDeaths(launcher);
  const worker = await until(PATIENCE_MS, "a worker", () => launcher.workers("gunicorn")[0]);
  killByPid(worker, signal);
  await until(
    PATIENCE_MS,
    "the count of the death",
    async () => (await readDeaths(launcher)).workerDeaths === before + 1,
  );
  return worker;
}

forEachLaunch(
  "inherited output: a killed worker is a line, an event and a count",
  async (harness) => {
    const launcher = await serve(harness, 2);
    assert.equal((await readDeaths(launcher)).workerDeaths, 0);
    const [first] = launcher.workers("gunicorn");
    killByPid(first!, "SIGKILL");
    const line = await launcher.line(DEATH);
    if (harness.mode === "ordinary process") {
      assert.match(line, new RegExp(`gunicorn worker ${first} (was killed by SIGKILL|died)`));
    }
    const { workerDeaths, names } = await until(PATIENCE_MS, "the event", async () => {
      const read = await readDeaths(launcher);
      return read.names.includes("worker-died") && read;
    });
    assert.equal(workerDeaths, 1);
    assert.deepEqual(names.filter((name) => name === "worker-died"), ["worker-died"]);
  },
);

forOrdinary("inherited output: five deaths within a minute are said once", async (harness) => {
  const launcher = await serve(harness, 1);
  for (let death = 0; death < 7; death++) await killOne(launcher, "SIGSEGV");
  const said = launcher.lines.filter((line) => DEATH.test(line));
  assert.equal(said.length, 5, said.join("\n"));
  assert.match(said.at(-1)!, /error: 5 gunicorn workers died within a minute; the last one /);
});

forOrdinary("inherited output: reload, TTIN, TTOU and stop are no deaths", async (harness) => {
  const launcher = await serve(harness, 2);
  for (let reload = 0; reload < 2; reload++) {
    const old = launcher.workers("gunicorn");
    launcher.signal("SIGHUP");
    await until(PATIENCE_MS, "the reload", () => !old.some(isAlive));
  }
  const toWorkers = (signal: Deno.Signal, count: number) => {
    launcher.signal(signal);
    return until(
      PATIENCE_MS,
      `${count} workers`,
      () => launcher.workers("gunicorn").filter(isAlive).length === count,
    );
  };
  await toWorkers("SIGTTIN", 3);
  await toWorkers("SIGTTOU", 2);
  await toWorkers("SIGTTOU", 1);
  // The workers of now are watched, so the deaths before would have been said by the time that one of them is.
  const killed = await killOne(launcher, "SIGKILL");
  assert.equal((await readDeaths(launcher)).workerDeaths, 1);
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(PATIENCE_MS)).code, 0);
  const said = launcher.lines.filter((line) => DEATH.test(line));
  assert.equal(said.length, 1, said.join("\n"));
  assert.match(said[0]!, new RegExp(`worker ${killed} `));
});

forOrdinary("inherited output: --max-requests is no death", async (harness) => {
  const launcher = await serve(harness, 1, "--", "--max-requests", "3");
  for (let generation = 0; generation < 3; generation++) {
    const old = launcher.workers("gunicorn");
    await until(PATIENCE_MS, "a replaced worker", async () => {
      await ask(launcher.image.port, "/ping").catch(() => {});
      return !old.some(isAlive);
    });
  }
  await pause(LONGEST_DOUBT_MS);
  assert.equal((await readDeaths(launcher)).workerDeaths, 0);
  assert.deepEqual(launcher.lines.filter((line) => DEATH.test(line)), []);
});

/** @param fault as in strace(1), which detaches itself so that tandem is the launched process */
async function serveWithFault(harness: Harness, fault: string): Promise<Launcher> {
  const prefix = [
    ...WITHOUT_LEAK_CHECK,
    "strace",
    "-D",
    "-o",
    "/dev/null",
    "-e",
    "trace=pidfd_open,ioctl",
  ];
  const launcher = await harness.start({
    args: ["--logs", "inherit", "--workers", "2"],
    prefix: [...prefix, "-e", `inject=${fault}`],
  });
  await launcher.ready();
  await warmUp(launcher, 2);
  return launcher;
}

const STRACE = { tools: ["strace"] };

forEachLaunch(
  "inherited output: a kernel that does not tell how workers end",
  async (harness) => {
    const launcher = await serveWithFault(harness, "ioctl:error=ENOTTY");
    const old = launcher.workers("gunicorn");
    launcher.signal("SIGHUP");
    await until(PATIENCE_MS, "the reload", () => !old.some(isAlive));
    await pause(LONGEST_DOUBT_MS);
    const killed = await killOne(launcher, "SIGKILL");
    const said = launcher.lines.filter((line) => DEATH.test(line));
    assert.equal(said.length, 1, said.join("\n"));
    assert.match(said[0]!, new RegExp(`gunicorn worker ${killed} died \\(gunicorn's own log may`));
  },
  ["ordinary process"],
  STRACE,
);

forEachLaunch(
  "inherited output: a kernel without pidfds counts no deaths",
  async (harness) => {
    const launcher = await serveWithFault(harness, "pidfd_open:error=ENOSYS");
    const [worker] = launcher.workers("gunicorn");
    killByPid(worker!, "SIGKILL");
    await until(PATIENCE_MS, "its replacement", () => {
      const workers = launcher.workers("gunicorn").filter(isAlive);
      return workers.length === 2 && !workers.includes(worker!);
    });
    await pause(LONGEST_DOUBT_MS);
    assert.equal((await readDeaths(launcher)).workerDeaths, undefined);
    assert.deepEqual(launcher.lines.filter((line) => DEATH.test(line)), []);
  },
  ["ordinary process"],
  STRACE,
);

forOrdinary(
  "inherited output: an idle tandem watches its workers without a wake-up",
  async (harness) => {
    const launcher = await serve(harness, 2);
    await killOne(launcher, "SIGKILL");
    // The last listing of workers, and the last write of the state.
    const settled = await until(PATIENCE_MS, "an idle second", async () => {
      const before = wakeUps(launcher.pid);
      await pause(1000);
      return wakeUps(launcher.pid) === before && before;
    });
    await pause(IDLE_MS);
    assert.equal(wakeUps(launcher.pid), settled);
  },
);

/** Of all threads. */
function wakeUps(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].reduce((sum, { name }) => {
    const status = Deno.readTextFileSync(`/proc/${pid}/task/${name}/status`);
    return sum + Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1]);
  }, 0);
}
