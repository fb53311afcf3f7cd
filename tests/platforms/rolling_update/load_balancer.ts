/** haproxy in front of the hosts, with the checks that every load balancer makes. */

import { baseEnvironment } from "../../support/environment.ts";
import { OutputLines } from "../../support/output_lines.ts";
import { until } from "../../support/waiting.ts";

const READY_MS = 60_000;

interface Hosts {
  /** Address and port of each. */
  servers: readonly string[];
  /** Between two checks of a host. */
  checkMs: number;
  /** Runs the load balancer in the hosts' network. */
  prefix?: readonly string[];
}

export class LoadBalancer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #outputs: OutputLines[];

  /** @param folder for its conf and its sockets */
  private constructor(
    private readonly folder: string,
    { servers, checkMs, prefix = [] }: Hosts,
  ) {
    const path = `${folder}/haproxy.cfg`;
    Deno.writeTextFileSync(path, haproxyConf(folder, servers, checkMs));
    const [first = "", ...args] = [...prefix, "setpriv", "--pdeathsig", "KILL"];
    this.#process = new Deno.Command(first, {
      args: [...args, "haproxy", "-db", "-f", path],
      clearEnv: true,
      env: baseEnvironment(),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#outputs = [this.#process.stdout, this.#process.stderr].map((one) => new OutputLines(one));
  }

  static async start(folder: string, hosts: Hosts): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(folder, hosts);
    try {
      for (const index of hosts.servers.keys()) await balancer.sees(index, "UP");
    } catch (error) {
      await balancer[Symbol.asyncDispose]();
      throw error;
    }
    return balancer;
  }

  /** The socket for clients: they are outside of the hosts' network. */
  get socket(): string {
    return `${this.folder}/clients.sock`;
  }

  /** Waits until the checks of a server say so. */
  async sees(index: number, status: "UP" | "DOWN"): Promise<void> {
    await until(READY_MS, `haproxy to see host ${index + 1} ${status}`, async () => {
      const table = await this.#statistics();
      const head = table[0]!;
      const row = table.find((cells) => cells[head.indexOf("svname")] === `host${index + 1}`);
      // A check that has not been made yet counts as passed.
      return row?.[head.indexOf("status")] === status &&
        row[head.indexOf("check_status")] !== "INI";
    });
  }

  /** One row per server, after the row of names. */
  async #statistics(): Promise<string[][]> {
    try {
      using connection = await Deno.connect({
        transport: "unix",
        path: `${this.folder}/admin.sock`,
      });
      await connection.write(new TextEncoder().encode("show stat\n"));
      const text = await new Response(connection.readable).text();
      return text.replace(/^# /, "").trim().split("\n").map((line) => line.split(","));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [[]];
      if (error instanceof Deno.errors.ConnectionRefused) return [[]];
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
    await Promise.all(this.#outputs.map(({ closed }) => closed));
  }
}

function haproxyConf(folder: string, servers: readonly string[], checkMs: number): string {
  const lines = servers.map((address, index) => `  server host${index + 1} ${address}`);
  return `global
  stats socket ${folder}/admin.sock mode 600 level user

defaults
  mode http
  timeout connect 30s
  timeout client 60s
  timeout server 60s
  # Like most load balancers, and Kubernetes' own: a connection that is refused is the client's error.
  retries 0

frontend clients
  bind unix@${folder}/clients.sock
  default_backend hosts

backend hosts
  balance roundrobin
  option httpchk GET /ping
  # A busy machine may answer late, which is no reason to take a host out.
  timeout check 30s
  default-server check inter ${checkMs}ms fall 1 rise 1
${lines.join("\n")}
`;
}
