import assert from "node:assert/strict";
import { readLinkState } from "../../../../lib/host/files/log_link_state.ts";
import { makeLogLink } from "../../../../lib/host/files/log_links.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { inFolder } from "../../support/in_folder.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

Deno.test("log link state: predicts what making the link does", () =>
  inFolder((folder) => {
    const link = { path: `${folder}/log/access.log`, target: "/dev/stdout" };
    assert.deepEqual(readLinkState(link), { kind: "missing" });
    assert.equal(makeLogLink(link), "made");
    assert.deepEqual(readLinkState(link), { kind: "right" });
    assert.deepEqual(readLinkState({ ...link, target: "/dev/stderr" }), {
      kind: "wrong",
      now: "a link to /dev/stdout",
    });
  }));

Deno.test("log link state: says why the link cannot be made", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const blocked = { path: `${folder}/file/access.log`, target: "/dev/stdout" };
    assert.deepEqual(readLinkState(blocked), {
      kind: "impossible",
      why: `cannot write to ${folder}/file (part of that path is not a folder)`,
    });
    assert.throws(() => makeLogLink(blocked), /not a directory/i);
  }));
