/** Whatever signals tandem's parent blocks or ignores, tandem hears them, and its children start with the defaults. */

import assert from "node:assert/strict";
import { WITHOUT_LEAK_CHECK } from "../../support/environment.ts";
import { editions } from "../../support/editions.ts";
import { forEachLaunch, type Harness, onHarness } from "../../support/harness.ts";
import { titled } from "../../support/machine/needs.ts";
import { killByPid, read } from "../../support/machine/process_table.ts";
import { fixtures } from "../../support/paths.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { until } from "../../support/waiting.ts";

const [SIGPIPE, SIGXFSZ, SIGSYS] = [13, 25, 31];
/** What nginx and Python ignore themselves. */
const OWN = { nginx: [SIGPIPE, SIGSYS], gunicorn: [SIGPIPE, SIGXFSZ] };
/** glibc's own, which the posix_spawn of the tests leaves ignored, and only the slim edition can reset. */
const RESERVED = [32, 33];

for (const how of ["blocked", "ignored"]) {
  forEachLaunch(
    `a start with signals ${how} gives the children the defaults`,
    async (harness) => {
      const launcher = await harness.start({
        prefix: ["python3", `${fixtures}/with_signals.py`, how],
        // As PID 1 and as a subreaper, tandem must also learn that the worker's orphan has ended.
        args: ["--workers", "2"],
      });
      await launcher.ready();
      await warmUp(launcher, 2);
      for (const name of ["nginx", "gunicorn"] as const) {
        for (const pid of [launcher.master(name), ...launcher.workers(name)]) {
          const ignored = signalsIn(pid, "SigIgn").filter((number) => !RESERVED.includes(number));
          assert.deepEqual(signalsIn(pid, "SigBlk"), [], `${name} ${pid} blocks`);
          assert.deepEqual(
            ignored,
            OWN[name].filter((number) => ignored.includes(number)),
            `${name} ${pid} ignores`,
          );
        }
      }
      launcher.signal("SIGTERM");
      assert.equal((await launcher.exit(20_000)).code, 0);
    },
  );

  forEachLaunch(`a start with signals ${how} tells a child's status`, async (harness) => {
    const launcher = await harness.start({
      prefix: ["python3", `${fixtures}/with_signals.py`, how],
    });
    await launcher.ready();
    killByPid(launcher.master("gunicorn"), "SIGKILL");
    assert.equal((await launcher.exit(20_000)).code, 137);
  }, ["ordinary process"]);
}

/** The numbers of a mask in /proc/PID/status. */
function signalsIn(pid: number, field: "SigBlk" | "SigIgn"): number[] {
  const hex = new RegExp(`^${field}:\\s+(\\w+)$`, "m").exec(read(pid, "status") ?? "")?.[1];
  assert.ok(hex, `${field} of ${pid}`);
  const mask = BigInt(`0x${hex}`);
  return Array.from({ length: 64 }, (_, index) => index + 1)
    .filter((number) => (mask >> BigInt(number - 1)) & 1n);
}

/** A Ctrl-C at the moment of the fork is for tandem's process group, which the child has then left. */
for (const edition of editions) {
  Deno.test({
    ...titled(`each child has its session before a signal could end it (${edition.name})`, {
      tools: ["strace"],
    }),
    fn: () => onHarness(edition, "ordinary process", assertOrder),
  });
}

async function assertOrder(harness: Harness): Promise<void> {
  const image = harness.image();
  const log = `${image.folder}/strace`;
  const calls = "trace=setsid,rt_sigprocmask,execve";
  const launcher = await harness.start({
    image,
    prefix: [
      ...WITHOUT_LEAK_CHECK,
      "strace",
      "-D",
      "-f",
      "--seccomp-bpf",
      "-qq",
      "-e",
      "signal=none",
      "-e",
      calls,
      "-o",
      log,
    ],
  });
  await launcher.line(/ready in \d+ ms/, 60_000);
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(60_000)).code, 0);
  await until(20_000, "strace's end", () => launcher.family().length === 0);

  for (const name of ["nginx", "gunicorn"]) {
    const text = Deno.readTextFileSync(log);
    // After a vfork, strace shows the result in a line of its own.
    const started = new RegExp(
      `^(\\d+) +execve\\("[^"]*/${name}",.*(= 0|<unfinished \\.\\.\\.>)$`,
      "gm",
    );
    const pids = [...text.matchAll(started)].map(([, pid]) => pid!);
    assert.ok(pids.length >= 1, `${name} in ${text.slice(0, 2000)}`);
    for (const pid of pids) {
      const own = text.split("\n").filter((line) => line.startsWith(`${pid} `));
      const before = own.slice(0, own.findIndex((line) => line.includes("execve(")));
      // "setsid( <unfinished ...>" if another process is traced in between.
      const setsid = before.findIndex((line) => line.includes("setsid("));
      assert.ok(setsid >= 0, `no setsid before the execve of ${name}: ${before.join("\n")}`);
      // Until exec, Deno's child still has the handlers of tandem, which only write to a socket.
      if (!harness.edition.name.includes("slim")) continue;
      const unblocked = before.findIndex((line) => line.includes("rt_sigprocmask(SIG_SETMASK, []"));
      assert.ok(unblocked > setsid, before.join("\n"));
    }
  }
}
