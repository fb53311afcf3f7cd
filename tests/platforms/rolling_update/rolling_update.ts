/** Hosts behind a load balancer are restarted one after the other, under steady load. */

import assert from "node:assert/strict";
import type { Edition } from "../../support/editions.ts";
import { Image, listing } from "../../support/image.ts";
import { Launcher } from "../../support/launcher.ts";
import { findTool, isRoot } from "../../support/machine/needs.ts";
import type { Figures, Platform, Prepared } from "../platform.ts";
import { KeptClients } from "./kept_clients.ts";
import { LoadBalancer } from "./load_balancer.ts";
import { Network, type NetworkNamespace } from "./network.ts";

const HOSTS = 3;
/** On each of them; nothing else is in its network. */
const PORT = 8080;
const CHECK_MS = 500;
const STOP_MS = 60_000;
const START_MS = 60_000;

export const rollingUpdate: Platform = {
  name: "rolling-update",
  prepare,
  trials: [
    {
      name: "3 hosts behind haproxy, one rolling restart",
      run: async (edition) => keepsAll(await updateAll(edition, { rounds: 1, drainDelay: 2 })),
    },
    {
      name: "3 hosts behind haproxy, 20 rolling restarts",
      run: async (edition) => keepsAll(await updateAll(edition, { rounds: 20, drainDelay: 2 })),
    },
    {
      name: "the same without a drain delay",
      // Shows what the drain delay is for, so lost requests are expected.
      run: (edition) => updateAll(edition, { rounds: 20, drainDelay: 0 }),
    },
  ],
};

async function prepare(): Promise<Prepared> {
  if (!isRoot) return { kind: "ignored", reason: "needs root" };
  for (const tool of ["haproxy", "ip", "nsenter"]) {
    if (!findTool(tool)) return { kind: "ignored", reason: `needs ${tool}` };
  }
  const { stdout } = await new Deno.Command("haproxy", { args: ["-v"] }).output();
  const version = /version ([\d.]+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "?";
  return { kind: "ready", version: `haproxy ${version}` };
}

interface Update {
  rounds: number;
  /** Seconds. */
  drainDelay: number;
}

async function updateAll(edition: Edition, { rounds, drainDelay }: Update): Promise<Figures> {
  await using network = await Network.create(HOSTS);
  await using hosts = new AsyncDisposableStack();
  const pairs = network.hosts.map((namespace) =>
    hosts.use(new HostPair(edition, namespace, drainDelay))
  );
  await Promise.all(pairs.map((pair) => pair.start()));
  using folder = new Image();
  const servers = network.hosts.map(({ address }) => `${address}:${PORT}`);
  await using balancer = await LoadBalancer.start(folder.folder, {
    servers,
    checkMs: CHECK_MS,
    prefix: network.balancer.prefix,
  });
  const clients = new KeptClients(balancer.socket);
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [index, pair] of pairs.entries()) {
        await pair.stop();
        // It has noticed at the latest when nobody listens any more.
        await balancer.sees(index, "DOWN");
        await pair.start();
        await balancer.sees(index, "UP");
      }
    }
  } finally {
    await clients.stop();
  }
  await Promise.all(pairs.map((pair) => pair.stop()));
  const { answered, lost } = clients;
  const kinds = [...new Set(lost)].map((kind) =>
    `${lost.filter((one) => one === kind).length} × ${kind}`
  );
  return {
    answered,
    lost: lost.length,
    remarks: [`${rounds * HOSTS} restarts`, ...kinds].join(", "),
  };
}

function keepsAll(figures: Figures): Figures {
  assert.equal(figures.lost, 0, `lost requests: ${figures.remarks}`);
  return figures;
}

/** tandem with its pair on one host. */
class HostPair implements AsyncDisposable {
  readonly #image = new Image();
  #launcher: Launcher | undefined;

  constructor(
    private readonly edition: Edition,
    private readonly namespace: NetworkNamespace,
    private readonly drainDelay: number,
  ) {}

  async start(): Promise<void> {
    const image = this.#image;
    this.#launcher = await Launcher.start(this.edition, "ordinary process", image, {
      prefix: this.namespace.prefix,
      command: [
        ...["serve", ...image.flags, "--nginx-conf", "builtin", "--port", `${PORT}`],
        ...["--drain-delay", `${this.drainDelay}`, "--grace-period", "25"],
      ],
    });
    await this.#launcher.line(/ready in \d+ ms/, START_MS);
  }

  /** @throws {Error} unless it exits with 0 and leaves nothing behind */
  async stop(): Promise<void> {
    const launcher = this.#launcher!;
    launcher.signal("SIGTERM");
    const { code } = await launcher.exit(STOP_MS);
    assert.equal(code, 0, `the exit status\n${launcher.story}`);
    assert.deepEqual(launcher.family(), [], "no process is left");
    assert.deepEqual(listing(this.#image.state), [], "no state is left");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#launcher?.[Symbol.asyncDispose]();
    this.#image[Symbol.dispose]();
  }
}
