import assert from "node:assert/strict";
import { temporaryFolder, undoCreation } from "../../../../lib/host/files/undo.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { inFolder } from "../../support/in_folder.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const isRoot = Deno.uid() === 0;

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("undo: new empty files and folders are removed, older ones stay", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/old`, "");
    {
      using _ = undoCreation(["old", "pid", "temp", "never"].map((name) => `${folder}/${name}`));
      Deno.writeTextFileSync(`${folder}/pid`, "");
      Deno.mkdirSync(`${folder}/temp`);
    }
    assert.deepEqual(names(folder), ["old"]);
  }));

Deno.test("undo: new files with content, folders with files, and links stay", () =>
  inFolder((folder) => {
    {
      using _ = undoCreation(["pid", "temp", "link"].map((name) => `${folder}/${name}`));
      Deno.writeTextFileSync(`${folder}/pid`, "12\n");
      Deno.mkdirSync(`${folder}/temp/1`, { recursive: true });
      Deno.symlinkSync("/dev/stdout", `${folder}/link`);
    }
    assert.deepEqual(names(folder), ["link", "pid", "temp"]);
  }));

Deno.test({
  name: "undo: owner and mode of an older folder are restored",
  ignore: !isRoot,
  fn: () =>
    inFolder((folder) => {
      const path = `${folder}/temp`;
      Deno.mkdirSync(path);
      Deno.chownSync(path, 33, 34);
      Deno.chmodSync(path, 0o750);
      {
        using _ = undoCreation([path]);
        Deno.chownSync(path, 65534, null);
        Deno.chmodSync(path, 0o700);
      }
      const { uid, gid, mode } = Deno.statSync(path);
      assert.deepEqual([uid, gid, mode! & 0o7777], [33, 34, 0o750]);
    }),
});

Deno.test("undo: a temporary folder is removed with the ancestors created for it", () =>
  inFolder((folder) => {
    {
      using _ = temporaryFolder(`${folder}/a/b/c`);
      assert.deepEqual(names(`${folder}/a/b`), ["c"]);
    }
    assert.deepEqual(names(folder), []);
  }));
