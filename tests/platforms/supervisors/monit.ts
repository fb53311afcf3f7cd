import { defaultsFile } from "./defaults_file.ts";
import { type Supervisor, supervisorPlatform } from "./supervisor.ts";
import { usualTrials } from "./trials.ts";

const LOG = "/var/log/tandem.log";

/** A check each second, so that a trial takes seconds. */
const CONTROL = `set daemon 1
set httpd unixsocket /run/monit.sock allow monit:monit
include /etc/monit/conf.d/*
`;

const MONIT = ["monit", "-c", "/etc/monit/control"];

const supervisor: Supervisor = {
  deploy: {
    "monit/tandem": "/etc/monit/conf.d/tandem",
    "monit/tandem-start": "/etc/monit/tandem-start",
  },
  files: { "/etc/monit/control": CONTROL },
  settings: defaultsFile,
  command: ["sh", "-c", "chmod 600 /etc/monit/control && exec monit -I -c /etc/monit/control"],
  // What monit says is up to a second old, so it has to be about the tandem that runs now.
  async isReady(container) {
    const pid = container.read("/run/tandem/tandem.pid").trim();
    const { output } = await container.run(...MONIT, "status", "-B");
    const isAlive = pid !== "" && (await container.run("test", "-e", `/proc/${pid}`)).code === 0;
    return isAlive &&
      new RegExp(`^Process 'tandem'\n +status +OK\n[^]* pid +${pid}\n`, "m").test(output);
  },
  reload: ["tandem", "reload"],
  stop: [...MONIT, "stop", "tandem"],
  exitStatuses(container) {
    const ends = [...container.read(LOG).matchAll(/; exit (\d+)$/gm)];
    return Promise.resolve(ends.map(([, status]) => Number(status)));
  },
  hasGivenUp: () => Promise.resolve(false),
  log: (container) => container.read(LOG),
};

export const monit = supervisorPlatform("monit", "monit", [
  ...usualTrials(supervisor),
]);
