/**
 * The files for s6-overlay on s6 alone, because Debian has neither s6-overlay nor s6-rc. s6-rc copies a longrun's files
 * into a service directory as they are, so the trials do. In place of s6-overlay's own with-contenv and halt are the
 * shortest scripts that do the same.
 */

import assert from "node:assert/strict";
import { killByPid } from "../../support/machine/process_table.ts";
import { until } from "../../support/waiting.ts";
import { PATIENCE_MS } from "./container.ts";
import { type Supervisor, supervisorPlatform } from "./supervisor.ts";
import { type Action, BROKEN_CONF, end, trial } from "./trials.ts";

const SERVICE = "/run/service/tandem";
const RESULT = "/run/s6-linux-init-container-results/exitcode";

/** `type` and `dependencies.d` are for s6-rc. */
const COPIED = ["run", "finish", "notification-fd", "timeout-kill"];

const supervisor: Supervisor = {
  deploy: Object.fromEntries(
    COPIED.map((name) => [
      `s6-overlay/etc/s6-overlay/s6-rc.d/tandem/${name}`,
      `${SERVICE}/${name}`,
    ]),
  ),
  files: {
    "/command/with-contenv": '#!/bin/sh\nset -a\n. /run/environment\nexec "$@"\n',
    "/run/s6/basedir/bin/halt": "#!/bin/sh\nexec s6-svscanctl -t /run/service\n",
    [RESULT]: "0\n",
    // As /init does at the end.
    "/run/service/.s6-svscan/finish": `#!/bin/sh\nexit "$(cat ${RESULT})"\n`,
  },
  settings: (variables) => [
    "/run/environment",
    Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join(""),
  ],
  command: ["s6-svscan", "/run/service"],
  async isReady(container) {
    return (await container.run("s6-svstat", "-o", "ready", SERVICE)).output === "true";
  },
  reload: ["s6-svc", "-h", SERVICE],
  stop: ["s6-svc", "-d", "-wD", SERVICE],
  exitStatuses: (container) => Promise.resolve([Number(container.read(RESULT))]),
  hasGivenUp: () => Promise.resolve(false),
  log: ({ output }) => output.text,
};

/** The container ends with the pair. */
const gunicornKilled: Action = async (pair) => {
  await pair.serve();
  killByPid(pair.masters()[1]!, "SIGKILL");
  assert.equal(await pair.container.ended(), 137);
  const isEmpty = () => pair.container.processes().length === 0;
  await until(PATIENCE_MS, "the end of all processes", isEmpty);
  return { remarks: "container's exit 137, no process left" };
};

const brokenConf: Action = async (pair) => {
  pair.container.write("/run/import", "");
  assert.equal(await pair.container.ended(), 78);
  return { remarks: "container's exit 78" };
};

export const s6Overlay = supervisorPlatform("s6-overlay", "s6", [
  trial("halt", supervisor, end("SIGTERM")),
  trial("gunicorn is killed", supervisor, gunicornKilled),
  trial("a broken nginx.conf", supervisor, brokenConf, { files: BROKEN_CONF }),
]);
