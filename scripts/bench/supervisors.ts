/** The supervisors among the candidates. */

import type { Candidate } from "./candidates.ts";
import { type Image, setUps } from "./harness/image.ts";

const check = `${setUps}/answers.py`;

export const s6: Candidate = {
  name: "s6",
  executable: "/usr/bin/s6-svscan",
  files: [
    ...["s6-svscan", "s6-supervise", "s6-svscanctl", "s6-notifyoncheck", "s6-svwait"].map((name) =>
      `/usr/bin/${name}`
    ),
    `${setUps}/s6`,
    check,
  ],
  prepare(image) {
    image.linkLogs();
    return [s6.executable, image.copyIn(`${setUps}/s6`)];
  },
};

export const runit: Candidate = {
  name: "runit",
  executable: "/usr/bin/runsvdir",
  files: [
    ...["runsvdir", "runsv", "sv"].map((name) => `/usr/bin/${name}`),
    `${setUps}/runit`,
    check,
  ],
  prepare(image) {
    image.linkLogs();
    const folder = image.copyIn(`${setUps}/runit`);
    return [`${folder}/init`, `${folder}/services`];
  },
};

export const supervisord: Candidate = {
  name: "supervisord",
  executable: "/usr/bin/supervisord",
  files: [
    "/usr/bin/supervisord",
    "/usr/lib/python3/dist-packages/supervisor",
    `${setUps}/supervisord.conf`,
  ],
  prepare(image) {
    image.linkLogs();
    return [supervisord.executable, "-c", `${setUps}/supervisord.conf`];
  },
};

export const monit: Candidate = {
  name: "monit",
  executable: "/usr/bin/monit",
  files: ["/usr/bin/monit", `${setUps}/monit`],
  prepare(image) {
    image.linkLogs();
    const folder = image.copyIn(`${setUps}/monit`);
    configureMonit(`${folder}/monitrc`, image);
    return [`${folder}/init`];
  },
};

function configureMonit(path: string, { folder, port }: Image): void {
  const text = Deno.readTextFileSync(path).replaceAll("IMAGE", folder).replaceAll(
    "PORT",
    `${port}`,
  );
  Deno.writeTextFileSync(path, text);
  // monit refuses a file that others may read.
  Deno.chmodSync(path, 0o600);
}
