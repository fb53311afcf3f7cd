import { type Supervisor, supervisorPlatform } from "./supervisor.ts";
import { brokenConfTrial, end, trial, usualTrials } from "./trials.ts";
import { defaultsFile } from "./defaults_file.ts";

const SERVICE = "/service/tandem";

const supervisor: Supervisor = {
  deploy: { "s6/tandem": SERVICE },
  settings: defaultsFile,
  command: ["s6-svscan", "/service"],
  async isReady(container) {
    return (await container.run("s6-svstat", "-o", "ready", SERVICE)).output === "true";
  },
  reload: ["s6-svc", "-h", SERVICE],
  stop: ["s6-svc", "-d", "-wD", SERVICE],
  async exitStatuses(container) {
    // Each line has a time, "exitcode" or "signal", and its number.
    const { output } = await container.run("s6-svdt", SERVICE);
    return [...output.matchAll(/ exitcode (\d+)$/gm)].map(([, code]) => Number(code));
  },
  async hasGivenUp(container) {
    return (await container.run("s6-svstat", "-o", "up,wantedup", SERVICE)).output ===
      "false false";
  },
  log: (container) => container.read("/var/log/tandem/current"),
};

export const s6 = supervisorPlatform("s6", "s6", [
  ...usualTrials(supervisor, true),
  trial("s6-svscan gets SIGTERM", supervisor, end("SIGTERM")),
  brokenConfTrial(supervisor, 1),
]);
