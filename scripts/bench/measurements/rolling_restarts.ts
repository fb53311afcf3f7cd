/** Two hosts behind a load balancer are restarted in turn, under steady load. */

import { KeptClients } from "../../../tests/platforms/rolling_update/kept_clients.ts";
import { LoadBalancer } from "../../../tests/platforms/rolling_update/load_balancer.ts";
import { reservePort } from "../../../tests/support/machine/ports.ts";
import type { BenchFolder } from "../harness/bench_folder.ts";
import { type Candidate, isTandem, withFlags } from "../candidates.ts";
import { Launch } from "../harness/launch.ts";
import type { Measurement } from "../measurement.ts";

const HOSTS = 2;
const RESTARTS = 20;
const CHECK_MS = 100;
/** Seconds; enough for the balancer to notice. */
const DRAIN_DELAY = 1;

export const rollingRestarts: Measurement = {
  name: "rolling",
  title: `${RESTARTS} restarts of one of two pairs behind a load balancer, under load`,
  notes: [
    `haproxy asks each pair for /ping every ${CHECK_MS} ms and does not repeat a failed request; 8 clients keep their ` +
    "connections and send GETs and POSTs; every eighth request takes the app 0.3 s.",
    "As at a rolling update, nobody tells haproxy of the stop. " +
    `tandem runs with its built-in nginx.conf and --drain-delay ${DRAIN_DELAY}: for that time it answers /ping with 503 ` +
    "and serves everything else. The others have no such setting.",
    "All candidates at once, each with pairs, clients and a haproxy of its own. " +
    "Lost is every request without its complete answer. The next restart begins when haproxy sees the pair up again.",
  ],
  metrics: [
    { title: "requests", digits: 0 },
    { title: "lost", digits: 0 },
    { title: "lost per restart", digits: 1 },
  ],
  rounds: () => 1,
  order: "at once",
  async measure(candidate, benchFolder) {
    await using stack = new AsyncDisposableStack();
    const hosts = Array.from({ length: HOSTS }, () => stack.use(new Host(candidate, benchFolder)));
    for (const host of hosts) await host.start();
    const folder = `${benchFolder.folder}/balancer-${crypto.randomUUID()}`;
    Deno.mkdirSync(folder);
    const servers = hosts.map(({ port }) => `127.0.0.1:${port}`);
    const balancer = stack.use(await LoadBalancer.start(folder, { servers, checkMs: CHECK_MS }));

    const clients = new KeptClients(balancer.socket);
    try {
      for (let restart = 0; restart < RESTARTS; restart++) {
        const index = restart % HOSTS;
        await hosts[index]!.stop();
        await balancer.sees(index, "DOWN");
        await hosts[index]!.start();
        await balancer.sees(index, "UP");
      }
    } finally {
      await clients.stop();
    }
    const { answered, lost } = clients;
    return [answered + lost.length, lost.length, lost.length / RESTARTS];
  },
};

/** Has the same port after each restart. */
class Host implements AsyncDisposable {
  readonly #port = reservePort();
  readonly #candidate: Candidate;
  #launch: Launch | undefined;

  constructor(candidate: Candidate, private readonly benchFolder: BenchFolder) {
    const flags = ["--nginx-conf", "builtin", "--port", `${this.port}`];
    this.#candidate = isTandem(candidate)
      ? withFlags(candidate, ...flags, "--drain-delay", `${DRAIN_DELAY}`)
      : candidate;
  }

  get port(): number {
    return this.#port.number;
  }

  async start(): Promise<void> {
    this.#launch = new Launch(this.benchFolder, this.#candidate, {
      pair: "nginx and gunicorn",
      asInit: true,
      image: this.benchFolder.image({ port: this.port }),
    });
    await this.#launch.firstAnswer();
  }

  async stop(): Promise<void> {
    await this.#launch?.stop();
    await this.#launch?.[Symbol.asyncDispose]();
    this.#launch = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#launch?.[Symbol.asyncDispose]();
    this.#port[Symbol.dispose]();
  }
}
