import assert from "node:assert/strict";
import { LockRefused, lockState, takeLock } from "../../../../lib/host/state/instance_lock.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { inFolder } from "../../support/in_folder.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const own = `pid ${Deno.pid}`;

Deno.test("lock: one at a time, and the file goes with it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/x.lock`;
    assert.deepEqual(lockState(path), { kind: "free" });
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    {
      using _lock = await takeLock(path);
      assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
      assert.deepEqual(lockState(path), { kind: "held", holder: own });
      await assert.rejects(
        () => takeLock(path),
        (error) => error instanceof LockRefused && error.holder === own,
      );
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("lock: the file of a killed run is no obstacle", () =>
  inFolder(async (folder) => {
    const path = `${folder}/x.lock`;
    Deno.writeTextFileSync(path, `1 ${"9".repeat(60)}\n`, { mode: 0o600 });
    assert.deepEqual(lockState(path), { kind: "free" });
    using _lock = await takeLock(path);
    assert.deepEqual(lockState(path), { kind: "held", holder: own });
  }));

Deno.test("lock: many takers at once, and never two holders", () =>
  inFolder(async (folder) => {
    const path = `${folder}/x.lock`;
    let holders = 0;
    let taken = 0;
    await Promise.all(Array.from({ length: 20 }, async (_, index) => {
      for (let round = 0; round < 20; round++) {
        try {
          using _lock = await takeLock(path);
          taken++;
          assert.equal(++holders, 1);
          await new Promise((resolve) => setTimeout(resolve, index % 3));
          holders--;
        } catch (error) {
          if (!(error instanceof LockRefused)) throw error;
        }
      }
    }));
    assert.ok(taken > 0);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("lock: a removed file does not count, and the new one is not removed with it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/x.lock`;
    const first = await takeLock(path);
    Deno.removeSync(path);
    using _second = await takeLock(path);
    first[Symbol.dispose]();
    assert.deepEqual(lockState(path), { kind: "held", holder: own });
  }));

Deno.test("lock: a link is not followed", () =>
  inFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/precious`, "precious");
    Deno.symlinkSync(`${folder}/precious`, `${folder}/x.lock`);
    await assert.rejects(() => takeLock(`${folder}/x.lock`), LockRefused);
    assert.equal(lockState(`${folder}/x.lock`).kind, "closed");
    assert.equal(Deno.readTextFileSync(`${folder}/precious`), "precious");
  }));

Deno.test("lock: a folder where nothing can be created", async () => {
  await assert.rejects(
    () => takeLock("/no/such/folder/x.lock"),
    (error) => !(error instanceof LockRefused),
  );
});

Deno.test("lock: this process's children do not inherit it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/x.lock`;
    const child = await (async () => {
      using _lock = await takeLock(path);
      return new Deno.Command("/bin/cat", { stdin: "piped", stdout: "null" }).spawn();
    })();
    assert.deepEqual(lockState(path), { kind: "free" });
    (await takeLock(path))[Symbol.dispose]();
    await child.stdin.close();
    assert.equal((await child.status).code, 0);
  }));
