/** A tandem that a command cannot see in /proc is not taken for dead: each command says what it can and cannot do. */

import assert from "node:assert/strict";
import { editions } from "../../support/editions.ts";
import { baseEnvironment, WITHOUT_LEAK_CHECK } from "../../support/environment.ts";
import { BOTH_MODES, forEachLaunch } from "../../support/harness.ts";
import { exists, Image } from "../../support/image.ts";
import { type ShellOptions, typed } from "../../support/terminal/second_shell.ts";
import { titled } from "../../support/machine/needs.ts";
import type { Launcher } from "../../support/launcher.ts";

const NEEDS = { root: true, tools: ["unshare", "setpriv", "nsenter"] };

const HIDING = `mount -t proc -o hidepid=2 proc /proc && exec "$@"`;
const HIDDEN: ShellOptions = {
  uid: 65534,
  prefix: ["unshare", "--mount", "/bin/sh", "-c", HIDING, "sh"],
};

forEachLaunch(
  "with hidepid, status, health and check work, and stop and reload say why they do not",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const reason = /\/proc hides pid \d+ from this user: run this command as/;
    await worksUnseen(
      launcher,
      HIDDEN,
      reason,
      /^ok +instance +serving as pid \d+; port and socket are its own$/m,
    );
  },
  BOTH_MODES,
  NEEDS,
);

const ELSEWHERE: ShellOptions = { prefix: ["unshare", "--pid", "--fork", "--mount-proc"] };

forEachLaunch(
  "from another pid namespace status, health and check work, and stop and reload say why they do not",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const reason = /tandem\.lock is held, but pid \d+ is not in this pid namespace: run this /;
    await worksUnseen(launcher, ELSEWHERE, reason, /^failed +instance +tandem already runs with /m);
  },
  ["ordinary process"],
  NEEDS,
);

/** @param instance what `check` says of another tandem */
async function worksUnseen(
  launcher: Launcher,
  shell: ShellOptions,
  reason: RegExp,
  instance: RegExp,
): Promise<void> {
  const status = await typed(launcher, ["status"], shell);
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stdout, /^serving, ready: tandem /);
  assert.match(status.stdout, new RegExp(`^  not visible  .*${reason.source}`, "m"));
  const json = JSON.parse((await typed(launcher, ["status", "--json"], shell)).stdout);
  assert.equal(json.running, true);
  assert.match(json.unseen, reason);
  assert.deepEqual(json.processes, []);

  const health = await typed(launcher, ["health"], shell);
  assert.equal(health.code, 0);
  assert.match(health.stdout, /^healthy: GET \S+ answers 200 in \d+ ms\n$/);

  for (
    const [command, refused] of [
      ["stop", "cannot stop it"],
      ["reload", "not reloaded"],
      ["reload --import-app", "not reloaded"],
    ] as const
  ) {
    const { code, stderr } = await typed(launcher, command.split(" "), shell);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^tandem: ${refused}: .*${reason.source}`));
  }
  const check = await typed(launcher, ["check", ...launcher.image.flags], shell);
  assert.equal(check.code, 78);
  assert.match(check.stdout, instance);
  assert.match(check.stdout, /^failed +socket +\S+ is in use \(.*owner not visible: /m);
  assert.ok(launcher.isRunning);
}

/**
 * In both namespaces pid 2 comes first after the shell: in the outer one, whose /proc the commands see, a sleep that
 * stays; in the inner one tandem.
 */
const FOREIGN_PROC = `sleep 300 &
exec unshare --pid --fork --kill-child /bin/sh -c '
  tandem=$1 state=$2
  shift 2
  "$tandem" serve "$@" &
  until "$tandem" health --state-dir "$state"; do kill -0 $! || exit; sleep 0.1; done
  "$tandem" stop --timeout 30 --state-dir "$state"
  echo "stop: $?"
  wait $!
  echo "serve: $?"' sh "$@"`;

for (const edition of editions) {
  Deno.test({
    ...titled(`stop notices the exit with the /proc of another namespace (${edition.name})`, NEEDS),
    async fn() {
      using image = new Image();
      const { stdout, stderr } = await new Deno.Command("env", {
        args: [
          ...WITHOUT_LEAK_CHECK.slice(1),
          "unshare",
          ...["--pid", "--fork", "--mount-proc", "--kill-child", "/bin/sh", "-c", FOREIGN_PROC],
          ...["sh", edition.path, image.state, ...image.flags],
        ],
        cwd: image.program,
        clearEnv: true,
        env: { ...baseEnvironment(), TMPDIR: image.temp, MODEL_SERVER_WORKERS: "1" },
        signal: AbortSignal.timeout(90_000),
      }).output();
      const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.match(out!, /^stopped in .* \(pid 2\)\nstop: 0\nserve: 0$/m, `${out}${errors}`);
      assert.equal(exists(`${image.state}/state.json`), false);
    },
  });
}
