import { type Supervisor, supervisorPlatform } from "./supervisor.ts";
import { brokenConfTrial, end, trial, usualTrials } from "./trials.ts";

const supervisor: Supervisor = {
  deploy: { "supervisord/tandem.conf": "/etc/supervisor/conf.d/tandem.conf" },
  // supervisord passes on its own environment, which this file in the image sets.
  settings: (variables) => {
    const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
    return ["/entrypoint", `#!/bin/sh\n${exports.join("")}exec "$@"\n`];
  },
  command: ["/entrypoint", "supervisord", "--nodaemon", "-c", "/etc/supervisor/supervisord.conf"],
  // It asks nobody whether a program is ready; an image has this as its HEALTHCHECK.
  async isReady(container) {
    return (await container.run("/entrypoint", "tandem", "health")).code === 0;
  },
  reload: ["supervisorctl", "signal", "HUP", "tandem"],
  stop: ["supervisorctl", "stop", "tandem"],
  exitStatuses({ output }) {
    // "stopped: tandem (exit status 0)", or "exited: …" if nobody asked for it.
    const statuses = [...output.text.matchAll(/(?:exited|stopped): tandem \(exit status (\d+)/g)];
    return Promise.resolve(statuses.map(([, status]) => Number(status)));
  },
  async hasGivenUp(container) {
    return /FATAL|EXITED/.test((await container.run("supervisorctl", "status", "tandem")).output);
  },
  log: ({ output }) => output.text,
};

export const supervisord = supervisorPlatform("supervisord", "supervisor", [
  ...usualTrials(supervisor, true),
  trial("supervisord gets SIGTERM", supervisor, end("SIGTERM")),
  // The start, and startretries; fewer if an attempt takes longer than startsecs.
  brokenConfTrial(supervisor, 4),
]);
