import assert from "node:assert/strict";
import { readStat } from "../../../../lib/host/process/stat.ts";
import { openStateFile, readRunningPid } from "../../../../lib/host/state/file.ts";
import { sampleState } from "../../status/sample.ts";
import { inFolder } from "../../support/in_folder.ts";
import { libc } from "../../../../lib/host/system/libc.ts";

libc(); // Opened for the whole process, so before a test that would count it as a leak.

const { pid: _pid, startTicks: _startTicks, stopCause: _none, ...state } = sampleState();

/** Leaves a state file as another tandem would. */
function leave(folder: string, found: { pid: number; startTicks: number } | string): void {
  Deno.writeTextFileSync(
    `${folder}/state.json`,
    typeof found === "string" ? found : JSON.stringify({ ...state, ...found }),
  );
}

/** The parent is alive, and is not this process. */
const other = Deno.ppid;
const startTicks = readStat(other)?.startTicks ?? 0;

/** Above Linux's largest pid. */
const NO_PID = 2 ** 22 + 1;

Deno.test("state file: holds the state and tandem's identity", () =>
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

Deno.test("state file: is replaced atomically, and removed with its pid file", () =>
  inFolder((folder) => {
    const file = openStateFile(folder);
    file.write(state);
    const reader = Deno.openSync(`${folder}/state.json`);
    file.write({ ...state, phase: "draining" });

    // A reader that opened the old file still reads all of it.
    const bytes = new Uint8Array(4096);
    const old = new TextDecoder().decode(bytes.subarray(0, reader.readSync(bytes)!));
    reader.close();
    assert.equal(JSON.parse(old).phase, "serving");
    assert.equal(JSON.parse(Deno.readTextFileSync(`${folder}/state.json`)).phase, "draining");

    file.remove();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    file.remove(); // A second time is no error.
  }));

Deno.test("state file: a folder that was removed does not end the run", () =>
  inFolder((folder) => {
    const file = openStateFile(`${folder}/state`);
    Deno.removeSync(`${folder}/state`, { recursive: true });
    file.write(state);
    file.remove();
  }));

Deno.test("state file: a folder that cannot be made is an error", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assert.throws(() => openStateFile(`${folder}/file/state`));
  }));

Deno.test({
  name: "state file: another living tandem is found",
  ignore: startTicks === 0, // The tests are PID 1 themselves.
  fn: () =>
    inFolder((folder) => {
      leave(folder, { pid: other, startTicks });
      assert.equal(readRunningPid(folder), other);
    }),
});

Deno.test("state file: the file of a dead tandem does not count", () =>
  inFolder((folder) => {
    leave(folder, { pid: NO_PID, startTicks: 1 });
    assert.equal(readRunningPid(folder), undefined);
  }));

Deno.test("state file: a pid that another process has now does not count", () =>
  inFolder((folder) => {
    leave(folder, { pid: other, startTicks: startTicks + 1 });
    assert.equal(readRunningPid(folder), undefined);
  }));

Deno.test("state file: this process does not count: PID 1 of a restarted container finds its own pid", () =>
  inFolder((folder) => {
    openStateFile(folder).write(state);
    assert.equal(readRunningPid(folder), undefined);
  }));

for (const found of ["", "{", "null", "[]", "{}", '{"pid":"1"}', "\0".repeat(100)]) {
  Deno.test(`state file: ${JSON.stringify(found.slice(0, 12))} names no tandem`, () =>
    inFolder((folder) => {
      leave(folder, found);
      assert.equal(readRunningPid(folder), undefined);
    }));
}

Deno.test("state file: without a folder there is no tandem", () => {
  assert.equal(readRunningPid("/no/such/folder"), undefined);
});
