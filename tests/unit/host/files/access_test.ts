import assert from "node:assert/strict";
import { limitOf } from "../../../../lib/host/machine/memory.ts";
import { cgroupFolders } from "../../../../lib/host/machine/cpus.ts";
import { findPortHolder } from "../../../../lib/host/net/port_holders.ts";
import { getStatus } from "../../../../lib/host/net/http.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { readLinkState } from "../../../../lib/host/files/log_link_state.ts";
import { makeLogLink } from "../../../../lib/host/files/log_links.ts";
import {
  folderAccess,
  futureFolderAccess,
  isSamePath,
  socketFileState,
} from "../../../../lib/host/files/access.ts";
import { findUser, firstClosedFolder } from "../../../../lib/host/system/users.ts";

/** Opened before the first test, which would otherwise be told that it leaks a library. */
libc();

async function inFolder(test: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "tandem-unit-" });
  Deno.chmodSync(folder, 0o755);
  try {
    await test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("room: of a folder, and of one that has still to be made", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assert.deepEqual(folderAccess(folder), { kind: "writable" });
    assert.deepEqual(folderAccess(`${folder}/a`), { kind: "missing" });
    assert.deepEqual(futureFolderAccess(`${folder}/a/b/c`), { kind: "writable" });
    assert.deepEqual(futureFolderAccess(`${folder}/file/b`), { kind: "missing" });
  }));

Deno.test("room: what lies in the socket's place", () =>
  inFolder((folder) => {
    const path = `${folder}/s`;
    assert.deepEqual(socketFileState(path), { kind: "nothing" });
    const listener = Deno.listen({ transport: "unix", path });
    assert.deepEqual(socketFileState(path), { kind: "stale" });
    Deno.symlinkSync(path, `${folder}/link`);
    assert.deepEqual(socketFileState(`${folder}/link`), { kind: "stale" });
    assert.match(findPortHolder({ transport: "unix", path }), new RegExp(`, pid ${Deno.pid}$`));
    listener.close();
    assert.equal(
      findPortHolder({ transport: "unix", path: `${path}2` }),
      "a process that cannot be seen from here",
    );
    Deno.writeTextFileSync(`${folder}/file`, "");
    assert.deepEqual(socketFileState(`${folder}/file`), { kind: "no socket" });
  }));

Deno.test("room: a port is held by who listens on it", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr as Deno.NetAddr;
  assert.match(
    findPortHolder({ transport: "tcp", hostname, port }),
    new RegExp(`^\\S+, pid ${Deno.pid}$`),
  );
});

Deno.test("room: two names of one path, by way of a link to its folder", () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/a`);
    Deno.mkdirSync(`${folder}/b`);
    Deno.symlinkSync("a", `${folder}/link`);
    assert.ok(isSamePath(`${folder}/a/s`, `${folder}/link/s`));
    assert.ok(!isSamePath(`${folder}/a/s`, `${folder}/link/t`));
    assert.ok(!isSamePath(`${folder}/a/s`, `${folder}/b/s`));
    assert.ok(!isSamePath(`${folder}/a/s`, `${folder}/none/s`));
  }));

Deno.test("room: the first folder that a user may not enter", () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/open`);
    Deno.mkdirSync(`${folder}/closed/in`, { recursive: true });
    Deno.chmodSync(`${folder}/closed`, 0o700);
    const stranger = { name: "x", uid: 4_000_000, gids: [4_000_000] };
    assert.equal(firstClosedFolder(`${folder}/open/s`, stranger), undefined);
    assert.equal(firstClosedFolder(`${folder}/closed/in/s`, stranger), `${folder}/closed`);
    const owner = { ...stranger, uid: Deno.uid()! };
    assert.equal(firstClosedFolder(`${folder}/closed/in/s`, owner), undefined);
    assert.deepEqual([findUser("root")?.uid, findUser("no such user")], [0, undefined]);
  }));

Deno.test("room: a look at a log link says what making it then does", () =>
  inFolder((folder) => {
    const link = { path: `${folder}/log/access.log`, target: "/dev/stdout" };
    assert.deepEqual(readLinkState(link), { kind: "missing" });
    assert.equal(makeLogLink(link), "made");
    assert.deepEqual(readLinkState(link), { kind: "right" });
    assert.deepEqual(readLinkState({ ...link, target: "/dev/stderr" }), {
      kind: "wrong",
      now: "a link to /dev/stdout",
    });
    Deno.writeTextFileSync(`${folder}/file`, "");
    const blocked = { path: `${folder}/file/access.log`, target: "/dev/stdout" };
    assert.deepEqual(readLinkState(blocked), {
      kind: "impossible",
      why: `cannot write to ${folder}/file (there is something else in its way)`,
    });
    assert.throws(() => makeLogLink(blocked), /not a directory/i);
  }));

Deno.test("memory limit: both versions' words for none", () => {
  assert.equal(limitOf("max\n"), Infinity);
  assert.equal(limitOf("9223372036854771712\n"), Infinity);
  assert.equal(limitOf(undefined), Infinity);
  assert.equal(limitOf("536870912\n"), 536_870_912);
});

Deno.test("memory limit: its control group may be another than that of the CPUs", () => {
  const groups = "5:memory:/m/n\n4:cpu,cpuacct:/c\n";
  const mounts = "1 0 0:1 / /g/cpu rw - cgroup x rw,cpu,cpuacct\n" +
    "2 0 0:2 / /g/memory rw - cgroup x rw,memory\n";
  const paths = (controller: "cpu" | "memory") =>
    cgroupFolders(groups, mounts, controller).map(({ path }) => path);
  assert.deepEqual(paths("memory"), ["/g/memory", "/g/memory/m", "/g/memory/m/n"]);
  assert.deepEqual(paths("cpu"), ["/g/cpu", "/g/cpu/c"]);
});

Deno.test("http: a question that is called off while it connects hangs up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr as Deno.NetAddr;
  const calledOff = new AbortController();
  const answer = getStatus({ transport: "tcp", hostname, port }, "/", calledOff.signal);
  calledOff.abort();
  await assert.rejects(answer);
  using connection = await listener.accept();
  assert.equal(await connection.read(new Uint8Array(1)), null, "nginx need not wait for it");
});
