/** Trials of a container's usual life: built, healthy, stopped with requests in flight. */

import assert from "node:assert/strict";
import { seedConf } from "../../support/seed_conf.ts";
import type { Trial } from "../platform.ts";
import { Container } from "./container.ts";
import { FEWEST_RIGHTS } from "./fewest_rights.ts";
import type { ImageName } from "./images.ts";
import type { Workshop } from "./podman.ts";

/** As the bring-your-own-container images have it, with nginx's compiled-in temp folders. */
const seedIn = (port: number) =>
  seedConf({
    port,
    socket: "/tmp/gunicorn.sock",
    pidFile: "/tmp/nginx.pid",
    logDir: "/var/log/nginx",
    locations: "location = /active { proxy_pass http://gunicorn; }",
  });

interface Stop {
  image?: ImageName;
  /** Of `podman run`. */
  flags?: readonly string[];
  /** Of `podman stop`. */
  stop?: string[];
  conf?: (port: number) => string;
}

export function lifeTrials(workshop: () => Workshop): Trial[] {
  return [
    withFewestRights("debian", true),
    withFewestRights("python-slim"),
    withFewestRights("distroless"),
    stopUnderLoad("an nginx.conf that logs to /var/log/nginx", { conf: seedIn }),
    stopUnderLoad("the same, with a read-only root and no capabilities", {
      flags: FEWEST_RIGHTS,
      conf: seedIn,
    }),
    stopUnderLoad("the same as a user without a name", {
      flags: ["--user", "1000680000:0"],
      conf: seedIn,
    }),
    stopUnderLoad("as root", { flags: ["--user", "0"] }),
    stopUnderLoad("a writable root", { image: "distroless" }),
    stopUnderLoad("an init of the runtime (`--init`)", {
      flags: ["--init", "--init-path=/usr/bin/tini"],
    }),
    stopUnderLoad("`--stop-signal SIGQUIT`", { flags: ["--stop-signal", "SIGQUIT"] }),
    stopUnderLoad("`--stop-signal SIGINT`", { flags: ["--stop-signal", "SIGINT"] }),
    stopUnderLoad("`--logs json`", { flags: ["--env", "TANDEM_LOGS=json"] }),
    stopUnderLoad("podman's own 10 s and `TANDEM_GRACE_PERIOD=8`", {
      flags: ["--env", "TANDEM_GRACE_PERIOD=8"],
      stop: [],
    }),
    {
      name: "distroless: no shell",
      async run(edition) {
        const { engine, images } = workshop();
        const image = await images.build("distroless", edition);
        const { code, stderr } = await engine.run("run", "--rm", "--entrypoint=/bin/sh", image);
        assert.equal(code, 127, stderr);
        return { remarks: "/bin/sh is not there" };
      },
    },
    {
      name: "sagemaker: `run IMAGE train`, `run IMAGE serve`, stop with 16 in flight",
      async run(edition) {
        const { engine, images } = workshop();
        const image = await images.build("sagemaker", edition);
        assert.equal(await engine.done("run", "--rm", "--network=none", image, "train"), "trained");
        await using container = await Container.start(engine, { image, args: ["serve"] });
        await container.answering();
        return await container.stopUnderLoad();
      },
    },
    {
      name: "debian: unhealthy while `--drain-delay` waits for the load balancer",
      async run(edition) {
        const { engine, images } = workshop();
        const image = await images.build("debian", edition);
        const flags = ["--env", "TANDEM_DRAIN_DELAY=10"];
        await using container = await Container.start(engine, { image, flags });
        await container.healthy();
        const requests = await container.sendRequests();
        // `podman stop` would refuse the health check.
        await container.signal("TERM");
        await container.unhealthy();
        const figures = await requests.allAnswered();
        assert.equal(await container.exit(), 0);
        return { ...figures, remarks: "`tandem health` exits 1, requests are served, exit 0" };
      },
    },
  ];

  function withFewestRights(name: ImageName, isQuick = false): Trial {
    return {
      name: `${name}: nobody, read-only root, no capabilities: healthy, stop with 16 in flight`,
      isQuick,
      async run(edition) {
        const { engine, images } = workshop();
        const image = await images.build(name, edition);
        await using container = await Container.start(engine, { image, flags: FEWEST_RIGHTS });
        await container.healthy();
        const { stdout } = await container.exec("tandem", "status", "--json");
        assert.equal(JSON.parse(stdout).pid, 1);
        return await container.stopUnderLoad();
      },
    };
  }

  function stopUnderLoad(what: string, { image = "debian", stop, conf, flags }: Stop): Trial {
    return {
      name: `${image}: ${what}: healthy, stop with 16 in flight`,
      async run(edition) {
        const { engine, images } = workshop();
        await using container = await Container.start(engine, {
          image: await images.build(image, edition),
          ...(flags && { flags }),
          ...(conf && { conf }),
        });
        await container.healthy();
        const figures = await container.stopUnderLoad(stop);
        if (conf) assert.match(await container.logs(), /"GET \/invocations HTTP\/1\.0" 200/);
        return figures;
      },
    };
  }
}
