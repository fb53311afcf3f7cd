/** In an image whose `serve` script it replaces, tandem starts the children with the arguments that the script used. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import type { Image } from "../../support/image.ts";
import { argumentsOf } from "../../support/machine/process_table.ts";
import { seedArgv } from "../../support/seed_argv.ts";

/** tandem adds this before the app, so that a stop fits into the platform's grace period. */
const ADDED = ["--graceful-timeout", "20"];

const sharedMemoryType = new Deno.Command("stat", { args: ["-f", "-c", "%T", "/dev/shm"] });

/** What tandem adds for any app; `--worker-tmp-dir` only where there is shared memory. */
const EXTRAS = [
  ...["--keep-alive", "75"],
  ...(new TextDecoder().decode(sharedMemoryType.outputSync().stdout).trim() === "tmpfs"
    ? ["--worker-tmp-dir", "/dev/shm"]
    : []),
];

interface Case {
  what: string;
  env: Record<string, string>;
  timeout: string;
  workers: string;
  cpus: string;
}

const cases: Case[] = [
  { what: "with one CPU and nothing set", env: {}, timeout: "60", workers: "1", cpus: "0" },
  {
    what: "with the variables that images set",
    env: { MODEL_SERVER_WORKERS: "3", MODEL_SERVER_TIMEOUT: "90" },
    timeout: "90",
    workers: "3",
    cpus: "",
  },
];

for (const { what, env, timeout, workers, cpus } of cases) {
  forEachLaunch(`tandem replaces the serve script of an image ${what}`, async (harness) => {
    const image = harness.image({
      conf: { socket: "/tmp/gunicorn.sock", pidFile: "/tmp/nginx.pid", logDir: "/var/log/nginx" },
    });
    const launcher = await harness.start({
      image,
      env: { MODEL_SERVER_WORKERS: "", ...env },
      prefix: [...(cpus ? ["taskset", "-c", cpus] : []), ...containerOf(image)],
      command: ["serve"],
    });
    await launcher.ready();
    assert.deepEqual(await ask(image.port, "/ping"), { status: 200, body: "" });
    const answer = await ask(image.port, "/invocations", { body: "four" });
    assert.deepEqual(answer, { status: 200, body: "4 bytes" });
    await launcher.stdout.line(/POST \/invocations HTTP/, 5000);

    // nginx replaces its argv by one text, its title and its command line; that may name nginx by its path.
    const nginx = argumentsOf(launcher.master("nginx")).join(" ").trimEnd();
    const started = nginx.replace(/^nginx: master process (\/\S+\/)?/, "");
    assert.equal(started, seedArgv.nginx.join(" "));
    const gunicorn = argumentsOf(launcher.master("gunicorn"));
    const script = gunicorn.findIndex((word) => word.endsWith("/gunicorn"));
    const golden = seedArgv.gunicorn(timeout, workers);
    const expected = [...EXTRAS, ...golden.slice(1, -1), ...ADDED, ...golden.slice(-1)];
    assert.deepEqual(gunicorn.slice(script + 1), expected);
  }, ["PID 1"]);
}

/**
 * Mounts the image where a container has it, in the mount namespace of this launch. `serve`, beside the app, is a
 * link to the executable, which is called by that name.
 */
function containerOf({ folder, program }: Image): string[] {
  const script = `set -e
    folder=$1 program=$2 edition=$3
    shift 3
    # Prepared elsewhere first, because the later mounts may hide its sources.
    mkdir "$folder/opt"
    mount -t tmpfs tmpfs "$folder/opt"
    cp -r "$program" "$folder/opt/program"
    ln -s /opt/tandem "$folder/opt/program/serve"
    touch "$folder/opt/tandem"
    mount --bind "$edition" "$folder/opt/tandem"
    mount --rbind "$folder/opt" /opt
    for hidden in /run /var/log/nginx /tmp; do mount -t tmpfs tmpfs $hidden; done
    cd /opt/program
    exec /opt/program/serve "$@"`;
  return ["sh", "-c", script, "sh", folder, program];
}
