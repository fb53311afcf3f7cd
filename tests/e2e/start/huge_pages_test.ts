/** Where the kernel gives huge pages to all memory, the slim edition stays small, and the children get theirs. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";

/** A huge page of x86-64, and of arm64 with pages of 4 kB. */
const HUGE = 2 * 1024 * 1024;

forEachLaunch("huge pages: none for the slim edition, all for the children", async (harness) => {
  const launcher = await harness.start({ args: ["--logs", "json"] });
  await launcher.ready();
  launcher.signal("SIGHUP");
  await launcher.line(/"event":"reloaded"|tandem: reloading/);

  if (harness.edition.name === "tandem-slim") {
    const maps = Deno.readTextFileSync(`/proc/${launcher.pid}/smaps`).split(/\n(?=[0-9a-f]+-)/);
    assert.ok(maps.length > 5);
    assert.deepEqual(maps.filter(mayGetHugePage), []);
  }
  const children = launcher.family().filter(({ pid }) => pid !== launcher.pid);
  assert.ok(children.length >= 4);
  for (const { pid, name } of children) {
    // The opposite would be inherited over fork and exec.
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    assert.doesNotMatch(status, /^THP_enabled:\s*0/m, `${name} ${pid}`);
  }
}, ["ordinary process"]);

/** Whether writable memory without MADV_NOHUGEPAGE has room for a huge page. @param map an entry of smaps */
function mayGetHugePage(map: string): boolean {
  const [, from, to, mode] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(map)!;
  const isOptedOut = /^VmFlags:.* nh\b/m.test(map);
  const firstHuge = Math.ceil(parseInt(from!, 16) / HUGE) * HUGE;
  return mode!.startsWith("rw") && !isOptedOut && firstHuge + HUGE <= parseInt(to!, 16);
}
