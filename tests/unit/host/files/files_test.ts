import assert from "node:assert/strict";
import { createFolder, parentOf, writeAtomically } from "../../../../lib/host/files/files.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { inFolder } from "../../support/in_folder.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const modeOf = (path: string) => (Deno.statSync(path).mode! & 0o7777).toString(8);

Deno.test("files: the parent of a path", () => {
  const parents = ["/a/b", "/a", "/", "a/b", "a"].map(parentOf);
  assert.deepEqual(parents, ["/a", "/", "/", "a", "."]);
});

Deno.test("files: folders are created with their parents, once", () =>
  inFolder((folder) => {
    assert.equal(createFolder(`${folder}/a/b//`), true);
    assert.equal(createFolder(`${folder}/a/b`), false);
    assert.equal(createFolder(`${folder}/a/b/`), false);
    writeAtomically(`${folder}/a/file`, "text");
    assert.deepEqual(["a", "a/b", "a/file"].map((name) => modeOf(`${folder}/${name}`)), [
      ...["755", "755", "644"],
    ]);
    assert.throws(() => createFolder(`${folder}/a/file`), Deno.errors.AlreadyExists);
  }));

Deno.test("files: writing replaces a link and does not follow one", () =>
  inFolder((folder) => {
    const theirs = `${folder}/theirs`;
    Deno.writeTextFileSync(theirs, "theirs");
    Deno.symlinkSync(theirs, `${folder}/file`);
    Deno.symlinkSync(theirs, `${folder}/file.new`);
    writeAtomically(`${folder}/file`, "ours");
    assert.equal(Deno.readTextFileSync(theirs), "theirs");
    assert.equal(Deno.readTextFileSync(`${folder}/file`), "ours");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "file",
      "theirs",
    ]);
  }));

Deno.test("files: a write that fails leaves nothing half-written", () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/file/inside`, { recursive: true });
    assert.throws(() => writeAtomically(`${folder}/file`, "ours"));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
  }));
