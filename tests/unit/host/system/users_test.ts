import assert from "node:assert/strict";
import { libc } from "../../../../lib/host/system/libc.ts";
import { findUser, firstClosedFolder } from "../../../../lib/host/system/users.ts";
import { inFolder } from "../../support/in_folder.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

Deno.test("users: root is found by name, an unknown name is not", () => {
  assert.deepEqual([findUser("root")?.uid, findUser("no such user")], [0, undefined]);
});

Deno.test("users: the first folder that a user may not enter", () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/open`);
    Deno.mkdirSync(`${folder}/closed/in`, { recursive: true });
    Deno.chmodSync(`${folder}/closed`, 0o700);
    const stranger = { name: "x", uid: 4_000_000, gids: [4_000_000] };
    assert.equal(firstClosedFolder(`${folder}/open/s`, stranger), undefined);
    assert.equal(firstClosedFolder(`${folder}/closed/in/s`, stranger), `${folder}/closed`);
    const owner = { ...stranger, uid: Deno.uid()! };
    assert.equal(firstClosedFolder(`${folder}/closed/in/s`, owner), undefined);
  }));
