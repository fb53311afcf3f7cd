/** The pair starts, serves, reloads and stops as usual with no more rights than SECURITY.md names. */

import assert from "node:assert/strict";
import { BOTH_MODES, forEachLaunch } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { giveTo, NOBODY } from "../../support/outputs.ts";
import { fixtures } from "../../support/paths.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { SteadyLoad } from "../../support/traffic/steady_load.ts";

interface Rights {
  /** A command that gives up rights, and ends by exec of the next one. */
  prefix: (image: Image) => string[];
  isNobody?: boolean;
  /** Lines of /proc/PID/status and /proc/PID/mountinfo that prove it. */
  proof: RegExp[];
  tools: string[];
}

const USER = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];

const READ_ONLY = readOnlyRoot("program", "log");

const noCapabilities: Rights = {
  prefix: () => ["setpriv", ...USER, "--bounding-set=-all", "--inh-caps=-all"],
  isNobody: true,
  proof: [/^CapBnd:\s*0+$/m, /^CapEff:\s*0+$/m, /^CapPrm:\s*0+$/m],
  tools: ["setpriv"],
};

const noNewPrivileges: Rights = {
  prefix: () => ["setpriv", "--no-new-privs"],
  proof: [/^NoNewPrivs:\s*1$/m],
  tools: ["setpriv"],
};

const readOnly: Rights = {
  prefix: ({ folder }) => ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", folder],
  proof: [/ \/ \/ ro/],
  tools: ["unshare"],
};

const dockerCalls: Rights = {
  prefix: () => ["python3", `${fixtures}/seccomp.py`],
  proof: [/^Seccomp:\s*2$/m],
  tools: ["python3"],
};

/** The filter is last but one: it refuses to mount, and only root may load it. */
const together = [readOnly, dockerCalls, noCapabilities, noNewPrivileges];

const all: Rights = {
  prefix: (image) => together.flatMap(({ prefix }) => prefix(image)),
  isNobody: true,
  proof: together.flatMap(({ proof }) => proof),
  tools: together.flatMap(({ tools }) => tools),
};

const cases: Record<string, Rights> = {
  "another user without capabilities": noCapabilities,
  "no new privileges": noNewPrivileges,
  "a read-only root": readOnly,
  "only the system calls that Docker allows": dockerCalls,
  "all of that together": all,
};

/** It writes nothing, as its folder is read-only. */
const APP = `
import time

def app(environ, start_response):
    if environ["PATH_INFO"] == "/invocations":
        time.sleep(1)
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
`;
import { readOnlyRoot } from "../../support/machine/read_only_root.ts";

const IN_FLIGHT = 8;

for (const [title, { prefix, isNobody, proof, tools }] of Object.entries(cases)) {
  forEachLaunch(
    `with ${title}, nothing is lost and nothing is left`,
    async ({ image: makeImage, start }) => {
      const image = makeImage({ app: APP });
      linkLogs(image);
      if (isNobody) giveTo(NOBODY, image.folder);
      const launcher = await start({ image, prefix: prefix(image) });
      await launcher.ready();
      const seen = ["status", "mountinfo"].map((name) =>
        Deno.readTextFileSync(`/proc/${launcher.pid}/${name}`)
      ).join("\n");
      for (const pattern of proof) assert.match(seen, pattern);

      const load = new SteadyLoad(image.port);
      launcher.signal("SIGHUP");
      await launcher.line(/Worker exiting/);
      await load.stop();
      assert.deepEqual(load.failures, []);
      assert.ok(load.answered > 0);

      const answers = Array.from({ length: IN_FLIGHT }, () => ask(image.port, "/invocations"));
      // nginx accepts connections in order: once it answers this one, it has accepted the others.
      assert.equal((await ask(image.port, "/ping")).status, 200);
      launcher.signal("SIGTERM");
      for (const answer of answers) assert.equal((await answer).status, 200);
      assert.equal((await launcher.exit(20_000)).code, 0);
      assert.deepEqual(alarming(launcher), []);
    },
    BOTH_MODES,
    { root: true, tools },
  );
}

/** As the image of nginx brings them along. */
function linkLogs({ log }: Image): void {
  Deno.symlinkSync("/dev/stdout", `${log}/access.log`);
  Deno.symlinkSync("/dev/stderr", `${log}/error.log`);
}

function alarming({ lines }: Launcher): string[] {
  const pattern = /warn|error|crit|emerg|alert|fail|cannot|denied|permitted|Traceback/i;
  // gunicorn's line about a gevent worker that it stops itself, with any rights.
  const usual = /Worker with pid \d+ was terminated due to signal 15$/;
  return lines.filter((line) => pattern.test(line) && !usual.test(line));
}
