/** A network of its own: hosts behind a load balancer, each in a network namespace, joined by a bridge. */

import { baseEnvironment } from "../../support/environment.ts";
import { OutputLines } from "../../support/output_lines.ts";

/** The namespaces, cables and bridge vanish with the processes that hold them. */
export class Network implements AsyncDisposable {
  private constructor(
    readonly balancer: NetworkNamespace,
    readonly hosts: readonly NetworkNamespace[],
  ) {}

  static async create(hostCount: number): Promise<Network> {
    await using made = new AsyncDisposableStack();
    const balancer = made.use(await NetworkNamespace.create("10.77.0.254"));
    const hosts: NetworkNamespace[] = [];
    await balancer.run("ip", "link", "add", "hosts", "type", "bridge");
    for (let number = 1; number <= hostCount; number++) {
      const host = made.use(await NetworkNamespace.create(`10.77.0.${number}`));
      hosts.push(host);
      const port = `host${number}`;
      const other = ["type", "veth", "peer", "name", "eth0", "netns", `${host.pid}`];
      await balancer.run("ip", "link", "add", port, ...other);
      await balancer.run("ip", "link", "set", port, "master", "hosts", "up");
      await host.run("ip", "address", "add", `${host.address}/24`, "dev", "eth0");
      await host.run("ip", "link", "set", "eth0", "up");
    }
    await balancer.run("ip", "address", "add", `${balancer.address}/24`, "dev", "hosts");
    await balancer.run("ip", "link", "set", "hosts", "up");
    const network = new Network(balancer, hosts);
    network.#made = made.move();
    return network;
  }

  #made = new AsyncDisposableStack();

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#made.disposeAsync();
  }
}

export class NetworkNamespace implements AsyncDisposable {
  private constructor(readonly address: string, readonly holder: Deno.ChildProcess) {}

  static async create(address: string): Promise<NetworkNamespace> {
    const holder = new Deno.Command("unshare", {
      // Ends with this process, which holds the other end of its stdin.
      args: ["--net", "sh", "-c", "ip link set lo up && echo ready && read -r _"],
      clearEnv: true,
      env: baseEnvironment(),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const namespace = new NetworkNamespace(address, holder);
    namespace.#output = new OutputLines(holder.stdout);
    await namespace.#output.line(/ready/, 30_000);
    return namespace;
  }

  #output: OutputLines | undefined;

  get pid(): number {
    return this.holder.pid;
  }

  /** A prefix for a command, which ends by exec. */
  get prefix(): string[] {
    return ["nsenter", `--net=/proc/${this.pid}/ns/net`];
  }

  async run(...command: string[]): Promise<void> {
    const [first = "", ...args] = [...this.prefix, ...command];
    const { success, stderr } = await new Deno.Command(first, {
      args,
      clearEnv: true,
      env: baseEnvironment(),
    }).output();
    if (!success) throw new Error(`${command.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.holder.stdin.close();
    await this.holder.status;
    await this.#output?.closed;
  }
}
