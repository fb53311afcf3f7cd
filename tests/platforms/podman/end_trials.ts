/** Trials of a container's end that nobody asked for, and of its exit status. */

import assert from "node:assert/strict";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";
import type { Trial } from "../platform.ts";
import { Container } from "./container.ts";
import type { Workshop } from "./podman.ts";

interface End {
  what: string;
  flags?: string[];
  args?: string[];
  /** More than one where gunicorn's own depends on which of its processes is first. */
  statuses: number[];
  /** A line that says why. */
  says: RegExp;
}

const KILL = "import json, os, subprocess, sys; " +
  'status = json.loads(subprocess.check_output(["tandem", "status", "--json"])); ' +
  'os.kill(next(p["pid"] for p in status["processes"] if p["role"] == sys.argv[1]), 9)';

const ends: End[] = [
  { what: "a wrong setting", args: ["--workers", "no"], statuses: [64], says: /--workers/ },
  {
    what: "an nginx.conf that nginx rejects",
    args: ["--nginx-conf", "/etc/passwd"],
    statuses: [78],
    says: /nginx rejects its conf/,
  },
  {
    what: "no such app",
    args: ["--app", "nothing:app"],
    statuses: [1, 3, 4],
    says: /No module named 'nothing'/,
  },
  {
    what: "not ready within `--start-timeout`",
    args: ["--start-timeout", "2", "--ready-path", "/", "--app", "time:sleep"],
    statuses: [75],
    says: /tandem: .*not ready/,
  },
  {
    what: "`--memory` below what the app needs, imported with `--preload`: gunicorn is killed",
    flags: ["--memory=300m", "--env", "HOARD_AT_IMPORT=yes"],
    args: ["--", "--preload"],
    statuses: [137],
    says: /out of memory: limit 300 MiB, \d+ kill/,
  },
];

export function endTrials(workshop: () => Workshop): Trial[] {
  return [
    ...ends.map(toTrial),
    ...["nginx", "gunicorn"].map((name): Trial => ({
      name: `SIGKILL to ${name}`,
      async run(edition) {
        const { engine, images } = workshop();
        const image = await images.build("debian", edition);
        await using container = await Container.start(engine, { image });
        await container.healthy();
        const { code, stderr } = await container.exec("python3", "-c", KILL, `${name} master`);
        assert.equal(code, 0, stderr);
        assert.equal(await container.exit(), 137, await container.logs());
        return { remarks: "exit 137" };
      },
    })),
    {
      name: "a worker outgrows `--memory`: it is replaced, and the pair serves on",
      async run(edition) {
        const { engine, images } = workshop();
        const image = await images.build("debian", edition);
        await using container = await Container.start(engine, { image, flags: ["--memory=300m"] });
        await container.healthy();
        await assert.rejects(hoard(container.port));
        await until(
          60_000,
          "a line about memory",
          async () => /tandem: .*out of memory/.test(await container.logs()),
        );
        await container.healthy();
        const figures = await container.stopUnderLoad();
        return { ...figures, remarks: "said in the log, then stop with 16 in flight: exit 0" };
      },
    },
  ];

  function toTrial({ what, flags = [], args = [], statuses, says }: End): Trial {
    return {
      name: what,
      async run(edition) {
        const { engine, images } = workshop();
        const image = await images.build("debian", edition);
        await using container = await Container.start(engine, { image, flags, args });
        const status = await container.exit();
        const logs = await container.logs();
        assert.ok(statuses.includes(status), `exit ${status}\n${logs}`);
        assert.match(logs, says);
        return { remarks: `exit ${status}` };
      },
    };
  }
}

/** @throws {Error} unless the app answers 200 */
async function hoard(port: number): Promise<void> {
  const { status } = await ask(port, "/hoard");
  assert.equal(status, 200);
}
