/** What is tried on the units of deploy/systemd/. */

import assert from "node:assert/strict";
import type { Edition } from "../../support/editions.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { until } from "../../support/waiting.ts";
import type { Figures, Trial } from "../platform.ts";
import { forgetRequests, isState, sendInFlight, start } from "./checks.ts";
import { BUSY_MS, Machine } from "./machine.ts";
import { Program } from "./program.ts";
import { tryReload } from "./reload.ts";
import { tryTwoInstances } from "./instances.ts";
import { verifyUnits } from "./verify.ts";

export interface Systemd {
  root: string;
  isBefore253: boolean;
}

const UNIT = "tandem.service";
const STATE_DIR = "/run/tandem";
const IN_FLIGHT = 16;
/** For a trial that cannot wait for the unit's own settings. */
const DROP_IN = "/run/systemd/system/tandem.service.d/trial.conf";

/** @param find the systemd that the platform has prepared */
export function systemdTrials(find: () => Systemd): Trial[] {
  /** Boots a machine with the unit's program for one trial. */
  const onUnit = (
    run: (machine: Machine, program: Program, systemd: Systemd) => Promise<Figures>,
  ) =>
  async (edition: Edition): Promise<Figures> => {
    using program = new Program(STATE_DIR, 8080);
    const systemd = find();
    const binds = { "/opt/program": program.folder };
    await using machine = await Machine.boot(systemd.root, edition, { ...systemd, binds });
    return await run(machine, program, systemd);
  };

  return [
    {
      name: "start, reload, a stop with 16 requests in flight, a wrong setting",
      isQuick: true,
      run: onUnit(async (machine, program, { isBefore253 }) => {
        const exposure = await verifyUnits(machine, isBefore253);
        await start(machine, UNIT, STATE_DIR);
        await tryReload(machine, program, UNIT, isBefore253);
        const figures = await stopInFlight(machine);
        assert.equal(await machine.show(UNIT, "Result"), "success");
        assert.equal(await machine.show(UNIT, "ExecMainStatus"), "0");
        assertWholeLines(await machine.journal(UNIT));
        const log = Deno.lstatSync(machine.path("/var/log/nginx/access.log"));
        assert.ok(log.isFile, "Debian's nginx keeps its log file");
        await refuseSetting(machine);
        return { ...figures, remarks: `exit 0; exposure ${exposure}` };
      }),
    },
    {
      name: "watchdog: a master or tandem stopped by SIGSTOP",
      run: onUnit(async (machine) => {
        changeUnit(machine, "WatchdogSec=6\nEnvironment=TANDEM_GRACE_PERIOD=5");
        await start(machine, UNIT, STATE_DIR);
        const stop = [
          () => killByPid(machine.master("nginx"), "SIGSTOP"),
          () => killByPid(machine.master("gunicorn"), "SIGSTOP"),
          () => machine.systemctl("kill", "--kill-whom=main", "--signal=STOP", UNIT),
        ];
        for (const hang of stop) {
          const restarts = await restartsOf(machine);
          await hang();
          await isRestarted(machine, restarts);
        }
        const journal = await machine.journal(UNIT);
        const said = journal.filter((line) =>
          /unhealthy: (nginx|gunicorn) .* is stopped/.test(line)
        );
        assert.equal(said.length, 2, "tandem says why the watchdog acts");
        assert.ok(journal.some((line) => line.includes("Watchdog timeout")));
        return { remarks: "3 of 3 restarted" };
      }),
    },
    {
      name: "SIGKILL to tandem",
      run: onUnit(async (machine) => {
        await start(machine, UNIT, STATE_DIR);
        const old = machine.pair();
        await machine.systemctl("kill", "--kill-whom=main", "--signal=KILL", UNIT);
        await isRestarted(machine, 0);
        assert.deepEqual(old.filter(isAlive), [], "processes of the old pair");
        return { remarks: "restarted, nothing left of the old pair" };
      }),
    },
    {
      name: "a drain with 16 requests that takes longer than TimeoutStopSec",
      run: onUnit(async (machine) => {
        changeUnit(machine, "TimeoutStopSec=3");
        await start(machine, UNIT, STATE_DIR);
        const { requests, answer } = await sendInFlight(machine, STATE_DIR, IN_FLIGHT);
        await machine.systemctl("stop", "--no-block", UNIT);
        const isLong = async () =>
          Number(/, (\d+) s of/.exec(await machine.show(UNIT, "StatusText"))?.[1]) >= 6;
        await until(BUSY_MS, "a long drain", isLong);
        answer();
        const figures = await requests.allAnswered();
        await isState(machine, UNIT, "inactive");
        assert.equal(await machine.show(UNIT, "Result"), "success");
        assert.equal(await machine.show(UNIT, "ExecMainStatus"), "0");
        return { ...figures, remarks: "exit 0" };
      }),
    },
    {
      name: "two instances of the template, one of them stopped with 16 requests in flight",
      run: (edition) => tryTwoInstances(find(), edition, IN_FLIGHT),
    },
    {
      name: "systemd's default KillMode, control-group, instead of the unit's",
      run: onUnit(async (machine) => {
        changeUnit(machine, "KillMode=control-group");
        await start(machine, UNIT, STATE_DIR);
        const { requests, answer } = await sendInFlight(machine, STATE_DIR, IN_FLIGHT);
        await machine.systemctl("stop", "--no-block", UNIT);
        await until(
          BUSY_MS,
          "the stop",
          async () => await machine.show(UNIT, "ActiveState") !== "active",
        );
        answer();
        const { answered } = await requests.count();
        await isState(machine, UNIT, "inactive");
        const status = await machine.show(UNIT, "ExecMainStatus");
        return { answered, lost: IN_FLIGHT - answered, remarks: `exit ${status}` };
      }),
    },
  ];
}

async function stopInFlight(machine: Machine): Promise<Figures> {
  forgetRequests(machine, STATE_DIR);
  const { requests, answer } = await sendInFlight(machine, STATE_DIR, IN_FLIGHT);
  await machine.systemctl("stop", "--no-block", UNIT);
  const saysSo = async () =>
    (await machine.show(UNIT, "StatusText")).startsWith("draining: waiting for nginx to exit");
  await until(BUSY_MS, "the drain in the status", saysSo);
  assert.equal(await machine.show(UNIT, "ActiveState"), "deactivating");
  answer();
  const figures = await requests.allAnswered();
  await isState(machine, UNIT, "inactive");
  return figures;
}

function assertWholeLines(journal: readonly string[]): void {
  const lines = journal.filter((line) => /whole|xxx/.test(line));
  assert.equal(lines.length, IN_FLIGHT);
  assert.ok(lines.every((line) => line === `whole ${"x".repeat(3000)} line`), "lines are whole");
}

/** A setting that no restart can correct is not tried again. */
async function refuseSetting(machine: Machine): Promise<void> {
  machine.write("/etc/tandem/tandem.env", "TANDEM_WORKERS=many\n");
  const { code } = await machine.run("systemctl", "start", UNIT);
  assert.notEqual(code, 0);
  await isState(machine, UNIT, "failed");
  assert.equal(await machine.show(UNIT, "ExecMainStatus"), "64");
  assert.equal(await machine.show(UNIT, "Result"), "exit-code");
  assert.equal(await restartsOf(machine), 0);
}

function changeUnit(machine: Machine, settings: string): void {
  machine.write(DROP_IN, `[Service]\n${settings}\n`);
}

async function restartsOf(machine: Machine): Promise<number> {
  return Number(await machine.show(UNIT, "NRestarts"));
}

async function isRestarted(machine: Machine, before: number): Promise<void> {
  const restarted = async () =>
    await restartsOf(machine) > before && await machine.show(UNIT, "ActiveState") === "active";
  await until(BUSY_MS, "the restart", restarted);
  assert.equal(await machine.ready(STATE_DIR), 200);
}
