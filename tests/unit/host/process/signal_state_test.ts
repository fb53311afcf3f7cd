import assert from "node:assert/strict";
import {
  handlesSignal,
  hasSignal,
  isBeingStopped,
} from "../../../../lib/host/process/signal_state.ts";
import { readStat, readStatOfAny } from "../../../../lib/host/process/stat.ts";
import { SCHEDULING_MS, until } from "../../../support/waiting.ts";

const STATUS = `Name:\tnginx
State:\tS (sleeping)
SigQ:\t1/15000
SigPnd:\t0000000000000002
ShdPnd:\t0000000000004000
SigBlk:\t0000000000000000
SigIgn:\t0000000040001000
SigCgt:\t0000000198016a07
`;

for (
  const [masks, name, expected] of [
    ["Cgt|Ign", "SIGHUP", true],
    ["Cgt|Ign", "SIGUSR1", true],
    ["Cgt|Ign", "SIGTTIN", false],
    ["Pnd|ShdPnd", "SIGINT", true],
    ["Pnd|ShdPnd", "SIGTERM", true],
    ["Pnd|ShdPnd", "SIGQUIT", false],
    ["Pnd|ShdPnd", "SIGHUP", false],
  ] as const
) {
  Deno.test(`signal state: ${expected ? "" : "no "}${name} in ${masks}`, () => {
    assert.equal(hasSignal(STATUS, masks, name), expected);
  });
}

Deno.test("signal state: of a process that has just started, and of one that is gone", async () => {
  const sleep = new Deno.Command("sleep", { args: ["60"] }).spawn();
  try {
    assert.equal(handlesSignal(sleep.pid, "SIGHUP"), false);
    assert.equal(isBeingStopped(sleep.pid), false);
  } finally {
    sleep.kill("SIGKILL");
    await sleep.status;
  }
  assert.equal(handlesSignal(sleep.pid, "SIGHUP"), true);
  assert.equal(isBeingStopped(sleep.pid), false);
});

Deno.test("signal state: a signal that waits for a stopped process, and a zombie", async () => {
  // The shell waits for the test's word before it asks how the sleep ended, which is a zombie until then.
  const shell = new Deno.Command("sh", {
    args: ["-c", `env sleep 60 & echo $!; read go; wait`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = shell.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  try {
    Deno.kill(pid, "SIGSTOP");
    // Until then it would get SIGTERM at once.
    await until(SCHEDULING_MS, "a stopped process", () => readStat(pid)?.state === "T");
    assert.equal(isBeingStopped(pid), false);
    Deno.kill(pid, "SIGTERM");
    assert.equal(isBeingStopped(pid), true);
    Deno.kill(pid, "SIGCONT");
    await until(SCHEDULING_MS, "a zombie", () => readStatOfAny(pid)?.state === "Z");
    assert.equal(isBeingStopped(pid), true);
  } finally {
    await shell.stdin.close();
    await reader.cancel();
    await shell.status;
  }
});
