import { defaultsFile } from "./defaults_file.ts";
import { type Supervisor, supervisorPlatform } from "./supervisor.ts";
import { usualTrials } from "./trials.ts";

const LOG = "/var/log/tandem/current";

const supervisor: Supervisor = {
  deploy: { "daemontools/tandem": "/service/tandem" },
  settings: defaultsFile,
  command: ["svscan", "/service"],
  // svstat knows only whether the process runs.
  async isReady(container) {
    return (await container.run("sh", "-c", ". /etc/default/tandem; tandem health")).code === 0;
  },
  reload: ["svc", "-h", "/service/tandem"],
  stop: ["svc", "-d", "/service/tandem"],
  exitStatuses(container) {
    const ends = [...container.read(LOG).matchAll(/; exit (\d+)$/gm)];
    return Promise.resolve(ends.map(([, status]) => Number(status)));
  },
  hasGivenUp: () => Promise.resolve(false),
  log: (container) => container.read(LOG),
};

export const daemontools = supervisorPlatform("daemontools", "daemontools", [
  ...usualTrials(supervisor),
]);
