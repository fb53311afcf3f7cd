import assert from "node:assert/strict";
import {
  folderAccess,
  futureFolderAccess,
  isSamePath,
  socketFileState,
} from "../../../../lib/host/files/access.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { inFolder } from "../../support/in_folder.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

Deno.test("access: to a folder, and to one that is still to be created", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assert.deepEqual(folderAccess(folder), { kind: "writable" });
    assert.deepEqual(folderAccess(`${folder}/a`), { kind: "missing" });
    assert.deepEqual(futureFolderAccess(`${folder}/a/b/c`), { kind: "writable" });
    assert.deepEqual(futureFolderAccess(`${folder}/file/b`), { kind: "missing" });
  }));

Deno.test("access: the state of the socket's path", () =>
  inFolder((folder) => {
    const path = `${folder}/s`;
    assert.deepEqual(socketFileState(path), { kind: "nothing" });
    using _listener = Deno.listen({ transport: "unix", path });
    assert.deepEqual(socketFileState(path), { kind: "stale" });
    Deno.symlinkSync(path, `${folder}/link`);
    assert.deepEqual(socketFileState(`${folder}/link`), { kind: "stale" });
    Deno.writeTextFileSync(`${folder}/file`, "");
    assert.deepEqual(socketFileState(`${folder}/file`), { kind: "no socket" });
  }));

Deno.test("access: two paths of one file, through a link to its folder", () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/a`);
    Deno.mkdirSync(`${folder}/b`);
    Deno.symlinkSync("a", `${folder}/link`);
    assert.ok(isSamePath(`${folder}/a/s`, `${folder}/link/s`));
    assert.ok(!isSamePath(`${folder}/a/s`, `${folder}/link/t`));
    assert.ok(!isSamePath(`${folder}/a/s`, `${folder}/b/s`));
    assert.ok(!isSamePath(`${folder}/a/s`, `${folder}/none/s`));
  }));
