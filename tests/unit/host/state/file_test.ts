import assert from "node:assert/strict";
import { readStat } from "../../../../lib/host/process/stat.ts";
import { openStateFile } from "../../../../lib/host/state/file.ts";
import { readBootId } from "../../../../lib/host/state/identity.ts";
import { findInstance } from "../../../../lib/host/state/instance.ts";
import { sampleState } from "../../status/sample.ts";
import { inFolder } from "../../support/in_folder.ts";
import { libc } from "../../../../lib/host/system/libc.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const { pid: _pid, startTicks: _startTicks, stopCause: _none, ...state } = sampleState();

Deno.test("state file: holds the state and tandem's identity", () =>
  inFolder(async (folder) => {
    const file = await openStateFile(`${folder}/run/tandem`);
    assert.equal(Deno.readTextFileSync(`${folder}/run/tandem/tandem.pid`), `${Deno.pid}\n`);

    file.write(state);

    assert.deepEqual(JSON.parse(Deno.readTextFileSync(`${folder}/run/tandem/state.json`)), {
      ...state,
      bootId: readBootId(),
      pid: Deno.pid,
      startTicks: readStat(Deno.pid)!.startTicks,
    });
    file.remove();
  }));

Deno.test("state file: is replaced atomically, and removed with its pid file", () =>
  inFolder(async (folder) => {
    const file = await openStateFile(folder);
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
  inFolder(async (folder) => {
    const file = await openStateFile(`${folder}/state`);
    Deno.removeSync(`${folder}/state`, { recursive: true });
    file.write(state);
    file.remove();
  }));

Deno.test("state file: FIFOs that replaced its files hold up nothing, and stay", () =>
  inFolder(async (folder) => {
    const file = await openStateFile(folder);
    file.write(state);
    for (const name of ["state.json", "tandem.pid"]) {
      Deno.removeSync(`${folder}/${name}`);
      const { success } = new Deno.Command("mkfifo", { args: [`${folder}/${name}`] }).outputSync();
      assert.ok(success);
    }
    assert.match(JSON.stringify(findInstance(folder)), /is not a regular file/);
    file.remove();
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(left, ["state.json", "tandem.pid"]);
  }));

Deno.test("state file: a folder that cannot be made is an error", () =>
  inFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    await assert.rejects(() => openStateFile(`${folder}/file/state`));
  }));

Deno.test("state file: a second run is refused, and leaves the first one's files alone", () =>
  inFolder(async (folder) => {
    const file = await openStateFile(folder);
    file.write(state);
    await assert.rejects(() => openStateFile(folder), new RegExp(`pid ${Deno.pid}$`));
    assert.equal(Deno.readTextFileSync(`${folder}/tandem.pid`), `${Deno.pid}\n`);
    file.remove();
    (await openStateFile(folder)).remove();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));
