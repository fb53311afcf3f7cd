import { type Supervisor, supervisorPlatform } from "./supervisor.ts";
import { brokenConfTrial, usualTrials } from "./trials.ts";

const LOG = "/var/log/tandem.log";

/** What a boot with OpenRC leaves. A real one would change the tester's /dev. */
const BOOTED = `cd /run
for name in exclusive started starting stopping inactive daemons options failed; do
  mkdir -p openrc/$name
done
: >openrc/softlevel
exec sleep infinity`;

/** supervise-daemon is a service's own supervisor: it runs until the service is stopped. */
const supervisor: Supervisor = {
  deploy: { "openrc/tandem": "/etc/init.d/tandem" },
  settings: (variables) => {
    const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
    return ["/etc/conf.d/tandem", exports.join("")];
  },
  command: ["sh", "-c", BOOTED],
  start: ["rc-service", "tandem", "start"],
  // "started" once start_post has seen an answer. It stays so when supervise-daemon starts tandem again.
  async isReady(container) {
    const { output } = await container.run("rc-service", "tandem", "status");
    const health = ["sh", "-c", ". /etc/conf.d/tandem; exec tandem health"];
    return output.includes("started") && (await container.run(...health)).code === 0;
  },
  reload: ["rc-service", "tandem", "reload"],
  stop: ["rc-service", "tandem", "stop"],
  exitStatuses(container) {
    const ends = [...container.read(LOG).matchAll(/; exit (\d+)$/gm)];
    return Promise.resolve(ends.map(([, status]) => Number(status)));
  },
  hasGivenUp: (container) => Promise.resolve(container.find("supervise-daemo").length === 0),
  log: (container) => container.read(LOG),
};

export const openrc = supervisorPlatform("openrc", "openrc", [
  ...usualTrials(supervisor),
  // The start, and respawn_max.
  brokenConfTrial(supervisor, 4),
]);
