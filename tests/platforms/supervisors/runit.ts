import { defaultsFile } from "./defaults_file.ts";
import { type Supervisor, supervisorPlatform } from "./supervisor.ts";
import { brokenConfTrial, end, trial, usualTrials } from "./trials.ts";

const supervisor: Supervisor = {
  deploy: { "runit/tandem": "/etc/sv/tandem" },
  settings: defaultsFile,
  command: ["sh", "-c", "ln -s /etc/sv/tandem /etc/service && exec runsvdir -P /etc/service"],
  async isReady(container) {
    // Runs the service's `check`. Before the first start "down" is as it should be, too.
    const { code, output } = await container.run("sv", "-w", "1", "check", "tandem");
    return code === 0 && output.startsWith("ok: run:");
  },
  reload: ["sv", "reload", "tandem"],
  stop: ["sv", "-w", "60", "stop", "tandem"],
  exitStatuses(container) {
    const log = container.read("/var/log/tandem/current");
    const statuses = [...log.matchAll(/ tandem ended with (\d+)$/gm)];
    return Promise.resolve(statuses.map(([, status]) => Number(status)));
  },
  async hasGivenUp(container) {
    const { output } = await container.run("sv", "status", "tandem");
    // A service that is about to be started again has "want up" there.
    return /^down: tandem: \d+s, normally up;/.test(output);
  },
  log: (container) => container.read("/var/log/tandem/current"),
};

export const runit = supervisorPlatform("runit", "runit", [
  ...usualTrials(supervisor, true),
  // runsvdir does not wait for the services, so the trial waits for their processes.
  trial("runsvdir gets SIGHUP", supervisor, end("SIGHUP")),
  brokenConfTrial(supervisor, 1),
]);
