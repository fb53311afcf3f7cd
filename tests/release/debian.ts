/** A user who has only Debian: the packages by lintian's rules, and in the root file systems of two suites. */

import assert from "node:assert/strict";
import { prepareRoot } from "../matrix/roots.ts";
import { inRoot, runInRoot } from "../matrix/in_root.ts";
import { demoAnswers } from "./demo.ts";
import { debOf, releaseFolder, runTool, succeed, version } from "./release_folder.ts";

for (const arch of ["x86_64", "aarch64"] as const) {
  Deno.test(`deb: lintian has no error and no warning (${arch})`, async () => {
    const lintian = ["lintian", "--allow-root", "--fail-on", "error,warning"];
    const { code, stdout, stderr } = await runTool([...lintian, debOf(arch)]);
    assert.equal(code, 0, stdout + stderr);
  });

  Deno.test(`deb: it runs no script when it is installed (${arch})`, async () => {
    const info = await succeed(["dpkg-deb", "--ctrl-tarfile", debOf(arch)]);
    for (const script of ["preinst", "postinst", "prerm", "postrm", "triggers"]) {
      assert.ok(!info.includes(`./${script}`), script);
    }
    const field = await succeed(["dpkg-deb", "--field", debOf(arch), "Version"]);
    assert.equal(field, `${version}-1\n`);
  });
}

/** Ends by exec, so that the pid stays the same. */
const INSTALL = `dpkg -i "$0" >&2 && exec "$@"`;

const CHECKS = `set -e
dpkg -i "$1" >/dev/null
tandem --version
dpkg --verify tandem-serve
test -e /lib/systemd/system/tandem.service
! find /etc/systemd -name 'tandem*' | grep .
test -e /usr/share/bash-completion/completions/tandem
settings=$(cat /var/lib/dpkg/info/tandem-serve.conffiles)
grep -qx "EnvironmentFile=-$settings" /lib/systemd/system/tandem.service
echo TANDEM_WORKERS=3 >>"$settings"
dpkg -i "$1" >/dev/null 2>&1 </dev/null
grep -qx TANDEM_WORKERS=3 "$settings"
dpkg -r tandem-serve >/dev/null
test -e "$settings"
dpkg -P tandem-serve >/dev/null
! find /usr /lib/systemd /etc -name '*tandem*' -not -name tandem-recipe | grep .
`;

for (const suite of ["bookworm", "trixie"] as const) {
  Deno.test(`deb: dpkg installs it in Debian ${suite}, and tandem demo answers`, async (t) => {
    const root = await prepareRoot(suite);
    if (root.kind === "ignored") {
      return void await t.step({ name: root.reason, ignore: true, fn: () => {} });
    }
    const { code, stdout, stderr } = await runInRoot(
      root.path,
      ["sh", "-c", CHECKS, "sh", debOf("x86_64")],
      [releaseFolder],
    );
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`^tandem ${version} \\(slim`));

    const install = ["sh", "-c", INSTALL, debOf("x86_64"), "tandem"];
    await demoAnswers([...inRoot(root.path, [releaseFolder]), ...install]);
  });
}
