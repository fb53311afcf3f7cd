/** The supervisors among the candidates. */

import type { Candidate } from "./candidates.ts";
import { type Image, own } from "./harness/image.ts";

const check = `${own}/answers.py`;

export const s6: Candidate = {
  name: "s6",
  executable: "/usr/bin/s6-svscan",
  files: [
    ...["s6-svscan", "s6-supervise", "s6-svscanctl", "s6-notifyoncheck", "s6-svwait"].map((name) =>
      `/usr/bin/${name}`
    ),
    `${own}/s6`,
    check,
  ],
  needs: "glibc, libskarnet, a shell, Python",
  prepare(image) {
    image.linkLogs();
    return [s6.executable, image.copyIn(`${own}/s6`)];
  },
};

export const runit: Candidate = {
  name: "runit",
  executable: "/usr/bin/runsvdir",
  files: [...["runsvdir", "runsv", "sv"].map((name) => `/usr/bin/${name}`), `${own}/runit`, check],
  needs: "glibc, a shell, Python",
  prepare(image) {
    image.linkLogs();
    const folder = image.copyIn(`${own}/runit`);
    return [`${folder}/init`, `${folder}/services`];
  },
};

export const supervisord: Candidate = {
  name: "supervisord",
  executable: "/usr/bin/supervisord",
  files: [
    "/usr/bin/supervisord",
    "/usr/lib/python3/dist-packages/supervisor",
    `${own}/supervisord.conf`,
  ],
  needs: "Python 3 with its standard library (gunicorn's will do), pkg_resources",
  prepare(image) {
    image.linkLogs();
    return [supervisord.executable, "-c", `${own}/supervisord.conf`];
  },
};

export const monit: Candidate = {
  name: "monit",
  executable: "/usr/bin/monit",
  files: ["/usr/bin/monit", `${own}/monit`],
  needs: "glibc and eight libraries, a shell",
  prepare(image) {
    image.linkLogs();
    const folder = image.copyIn(`${own}/monit`);
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
