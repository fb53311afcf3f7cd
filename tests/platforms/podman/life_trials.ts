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

export function lifeTrials(workshop: () => Workshop): Trial[] {
  return [
    withFewestRights("debian", true),
    withFewestRights("python-slim"),
    withFewestRights("distroless"),
    stopUnderLoad("nobody, an nginx.conf that logs to /var/log/nginx", [], seedIn),
    stopUnderLoad("the same, read-only root, no capabilities", FEWEST_RIGHTS, seedIn),
    stopUnderLoad("as root", ["--user", "0"]),
    stopUnderLoad("an init of the runtime (`--init`)", ["--init", "--init-path=/usr/bin/tini"]),
    stopUnderLoad("`--stop-signal SIGQUIT`", ["--stop-signal", "SIGQUIT"]),
    stopUnderLoad("`--stop-signal SIGINT`", ["--stop-signal", "SIGINT"]),
    stopUnderLoad("`--logs json`", ["--env", "TANDEM_LOGS=json"]),
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

  function stopUnderLoad(
    what: string,
    flags: readonly string[],
    conf?: (port: number) => string,
  ): Trial {
    return {
      name: `debian: ${what}: healthy, stop with 16 in flight`,
      async run(edition) {
        const { engine, images } = workshop();
        const image = await images.build("debian", edition);
        await using container = await Container.start(engine, {
          image,
          flags,
          ...(conf && { conf }),
        });
        await container.healthy();
        const figures = await container.stopUnderLoad();
        if (conf) assert.match(await container.logs(), /"GET \/invocations HTTP\/1\.0" 200/);
        return figures;
      },
    };
  }
}
