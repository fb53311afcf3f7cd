import assert from "node:assert/strict";
import { isConfFolderOfTandem, removeConfFolder } from "../../../../lib/host/state/conf_folder.ts";
import { openStateFile } from "../../../../lib/host/state/file.ts";
import { inspectStateFolder } from "../../../../lib/host/state/folder.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { BUILT_IN_CONF_MARK, fillBuiltInConf } from "../../../../lib/plan/built_in_conf.ts";
import template from "../../../../nginx.conf" with { type: "text" };
import { sampleState } from "../../status/sample.ts";
import { inFolder } from "../../support/in_folder.ts";
import { invocationFor } from "../../support/invocation_for.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const isRoot = Deno.uid() === 0;
const SOMEBODY = 12345;

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("state folder: one that is missing, one of tandem's own, and a file", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a/state`;
    assert.deepEqual(inspectStateFolder(path), { kind: "writable" });
    (await openStateFile(path)).write(sampleState());
    assert.deepEqual(inspectStateFolder(path), { kind: "writable" });
    assert.deepEqual(inspectStateFolder(`${path}/tandem.pid`), { kind: "missing" });
  }));

Deno.test("state folder: writable for others, unless it is sticky or for the group root only", () =>
  inFolder((folder) => {
    const modes: [number, "writable" | "open"][] = [
      ...[[0o755, "writable"], [0o700, "writable"], [0o757, "open"], [0o1757, "writable"]],
      [0o775, Deno.gid() === 0 ? "writable" : "open"],
    ] as [number, "writable" | "open"][];
    for (const [mode, kind] of modes) {
      Deno.chmodSync(folder, mode);
      assert.equal(inspectStateFolder(folder).kind, kind, mode.toString(8));
    }
  }));

Deno.test({
  name: "state folder: of another user, itself or by a link",
  ignore: !isRoot,
  fn: () =>
    inFolder((folder) => {
      const path = `${folder}/theirs`;
      Deno.mkdirSync(path);
      Deno.symlinkSync(path, `${folder}/link`);
      assert.equal(inspectStateFolder(`${folder}/link`).kind, "writable");
      Deno.chownSync(path, SOMEBODY, SOMEBODY);
      const theirs = { kind: "another's", owner: `uid ${SOMEBODY}` };
      assert.deepEqual(inspectStateFolder(path), theirs);
      assert.deepEqual(inspectStateFolder(`${folder}/link`), theirs);
    }),
});

Deno.test({
  name: "state folder: a file of another user in a sticky folder",
  ignore: !isRoot,
  fn: () =>
    inFolder((folder) => {
      Deno.writeTextFileSync(`${folder}/tandem.pid`, "12\n");
      assert.equal(inspectStateFolder(folder).kind, "writable");
      Deno.chownSync(`${folder}/tandem.pid`, SOMEBODY, SOMEBODY);
      assert.deepEqual(inspectStateFolder(folder), {
        kind: "occupied",
        path: `${folder}/tandem.pid`,
      });
    }),
});

Deno.test("state folder: a state file that is not this run's is not removed", () =>
  inFolder(async (folder) => {
    const file = await openStateFile(folder);
    file.write(sampleState());
    Deno.writeTextFileSync(`${folder}/state.json`, "{}");
    file.remove();
    assert.deepEqual(names(folder), ["state.json"]);
  }));

Deno.test("conf folder: the built-in conf carries the mark", () => {
  const { settings } = invocationFor([]);
  assert.ok(fillBuiltInConf(template, settings).startsWith(BUILT_IN_CONF_MARK));
});

Deno.test("conf folder: is tandem's if it is empty, half-written or marked", () =>
  inFolder((folder) => {
    assert.ok(isConfFolderOfTandem(folder));
    Deno.writeTextFileSync(`${folder}/nginx.conf.new`, "# ta");
    assert.ok(isConfFolderOfTandem(folder));
    Deno.writeTextFileSync(`${folder}/nginx.conf`, "events {}\n");
    assert.ok(!isConfFolderOfTandem(folder));
    Deno.writeTextFileSync(`${folder}/nginx.conf`, `${BUILT_IN_CONF_MARK}: …\n`);
    assert.ok(isConfFolderOfTandem(folder));
    Deno.removeSync(`${folder}/nginx.conf`);
    Deno.writeTextFileSync(`${folder}/notes`, "");
    assert.ok(!isConfFolderOfTandem(folder));
  }));

Deno.test("conf folder: what the conf names and nginx left is removed, another's file stays", () =>
  inFolder((folder) => {
    const path = `${folder}/tandem-nginx`;
    const make = () => {
      for (const name of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) {
        Deno.mkdirSync(`${path}/${name}`, { recursive: true });
      }
      Deno.writeTextFileSync(`${path}/nginx.conf`, BUILT_IN_CONF_MARK);
      Deno.writeTextFileSync(`${path}/nginx.conf.new`, "");
      Deno.writeTextFileSync(`${path}/nginx.pid`, "7\n");
      Deno.writeTextFileSync(`${path}/body/0000000012`, "body");
    };
    make();
    removeConfFolder(path);
    assert.deepEqual(names(folder), []);
    removeConfFolder(path); // A second time is no error.

    make();
    Deno.writeTextFileSync(`${path}/proxy/theirs`, "");
    assert.throws(() => removeConfFolder(path));
    assert.deepEqual(names(`${path}/proxy`), ["theirs"]);
    assert.ok(isConfFolderOfTandem(path), "the next run can use it");
  }));
