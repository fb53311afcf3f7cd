import assert from "node:assert/strict";
import { readStat } from "../../../../lib/host/process/stat.ts";
import { openStateFile, readRunningPid } from "../../../../lib/host/state/file.ts";
import { sampleState } from "../../status/sample.ts";
import { inFolder } from "../../support/in_folder.ts";
import { libc } from "../../../../lib/host/system/libc.ts";

libc(); // Opened once and for good: no test leaks it.

const { pid: _pid, startTicks: _startTicks, stopCause: _none, ...state } = sampleState();

/** As another tandem would have left it. */
function leave(folder: string, found: { pid: number; startTicks: number } | string): void {
  Deno.writeTextFileSync(
    `${folder}/state.json`,
    typeof found === "string" ? found : JSON.stringify({ ...state, ...found }),
  );
}

/** Whoever runs these tests lives, and is not this process. */
const other = Deno.ppid;
const startTicks = readStat(other)?.startTicks ?? 0;

/** Beyond what Linux gives out. */
const NO_PID = 2 ** 22 + 1;

Deno.test("state file: holds the pid, the phase, the children and the times", () =>
  inFolder((folder) => {
    const file = openStateFile(`${folder}/run/tandem`);
    assert.equal(Deno.readTextFileSync(`${folder}/run/tandem/tandem.pid`), `${Deno.pid}\n`);

    file.write(state);

    assert.deepEqual(JSON.parse(Deno.readTextFileSync(`${folder}/run/tandem/state.json`)), {
      ...state,
      pid: Deno.pid,
      startTicks: readStat(Deno.pid)!.startTicks,
    });
  }));

Deno.test("state file: is written whole each time, and leaves nothing behind", () =>
  inFolder((folder) => {
    const file = openStateFile(folder);
    file.write(state);
    const reader = Deno.openSync(`${folder}/state.json`);
    file.write({ ...state, phase: "draining" });

    // Who opened it before reads the old one to its end: it was replaced, not written over.
    const bytes = new Uint8Array(4096);
    const old = new TextDecoder().decode(bytes.subarray(0, reader.readSync(bytes)!));
    reader.close();
    assert.equal(JSON.parse(old).phase, "serving");
    assert.equal(JSON.parse(Deno.readTextFileSync(`${folder}/state.json`)).phase, "draining");

    file.remove();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    file.remove(); // Gone already is gone.
  }));

Deno.test("state file: a folder that went away does not end the run", () =>
  inFolder((folder) => {
    const file = openStateFile(`${folder}/state`);
    Deno.removeSync(`${folder}/state`, { recursive: true });
    file.write(state);
    file.remove();
  }));

Deno.test("state file: a folder that cannot be had is an error", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assert.throws(() => openStateFile(`${folder}/file/state`));
  }));

Deno.test({
  name: "state file: another tandem that lives is found",
  ignore: startTicks === 0, // The tests are PID 1 themselves.
  fn: () =>
    inFolder((folder) => {
      leave(folder, { pid: other, startTicks });
      assert.equal(readRunningPid(folder), other);
    }),
});

Deno.test("state file: what a dead one left does not count", () =>
  inFolder((folder) => {
    leave(folder, { pid: NO_PID, startTicks: 1 });
    assert.equal(readRunningPid(folder), undefined);
  }));

Deno.test("state file: a pid that another process has by now does not count", () =>
  inFolder((folder) => {
    leave(folder, { pid: other, startTicks: startTicks + 1 });
    assert.equal(readRunningPid(folder), undefined);
  }));

Deno.test("state file: this process itself is no other: PID 1 of a container that was started again", () =>
  inFolder((folder) => {
    openStateFile(folder).write(state);
    assert.equal(readRunningPid(folder), undefined);
  }));

for (const found of ["", "{", "null", "[]", "{}", '{"pid":"1"}', "\0".repeat(100)]) {
  Deno.test(`state file: ${JSON.stringify(found.slice(0, 12))} says nothing`, () =>
    inFolder((folder) => {
      leave(folder, found);
      assert.equal(readRunningPid(folder), undefined);
    }));
}

Deno.test("state file: no folder, no instance", () => {
  assert.equal(readRunningPid("/no/such/folder"), undefined);
});
