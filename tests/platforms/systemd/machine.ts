/** A container that boots a real systemd, with the units of deploy/systemd/ as they are. */

import { baseEnvironment } from "../../support/environment.ts";
import type { Edition } from "../../support/editions.ts";
import { isAlive, type ProcessEntry, processes } from "../../support/machine/process_table.ts";
import { repository } from "../../support/paths.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until, within } from "../../support/waiting.ts";
import { ContainerGroup } from "./cgroup.ts";

/** Generous: the machine may be busy with other tests. */
export const BUSY_MS = 90_000;

const UNITS = "/etc/systemd/system";

export interface MachineOptions {
  /** Path in the container -> path on this machine, visible there read-only. */
  binds?: Record<string, string>;
  /** systemd before 253 needs the drop-in of deploy/systemd/. */
  isBefore253: boolean;
}

/** A container in which nothing changes the root. */
export function nspawn(root: string): string[] {
  return [
    ...["systemd-nspawn", `--directory=${root}`, "--volatile=overlay", "--private-network"],
    ...["--register=no", "--keep-unit", `--machine=tandem-${crypto.randomUUID().slice(0, 8)}`],
  ];
}

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

export class Machine implements AsyncDisposable {
  #init = 0;

  private constructor(
    private readonly container: Deno.ChildProcess,
    private readonly group: ContainerGroup,
  ) {}

  static async boot(
    root: string,
    edition: Edition,
    { binds = {}, isBefore253 }: MachineOptions,
  ): Promise<Machine> {
    const deploy = `${repository}/deploy/systemd`;
    const oldForm = isBefore253
      ? ["tandem.service", "tandem@.service"].map((unit) =>
        [`${UNITS}/${unit}.d/before-253.conf`, `${deploy}/before-253.conf`] as const
      )
      : [];
    const all = [
      ["/usr/local/bin/tandem", edition.path] as const,
      [`${UNITS}/tandem.service`, `${deploy}/tandem.service`] as const,
      [`${UNITS}/tandem@.service`, `${deploy}/tandem@.service`] as const,
      ...oldForm,
      ...Object.entries(binds),
    ];
    const group = new ContainerGroup();
    const [command = "", ...prefix] = group.prefix;
    const container = new Deno.Command(command, {
      args: [
        ...prefix,
        // The container ends with this process.
        ...["setpriv", "--pdeathsig", "TERM", ...nspawn(root), "--boot", "--console=pipe"],
        ...all.map(([inside, outside]) => `--bind-ro=${outside}:${inside}`),
      ],
      clearEnv: true,
      env: {
        ...baseEnvironment(),
        // systemd 256 and later start on the older cgroups of some hosts only if they are told to.
        SYSTEMD_UNIFIED_CGROUP_HIERARCHY: "0",
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const machine = new Machine(container, group);
    try {
      await machine.#isUp();
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #isUp(): Promise<void> {
    const early = this.container.status.then(({ code }) => {
      throw new Error(`systemd-nspawn exited with ${code}`);
    });
    early.catch(() => {});
    const findInit = () =>
      processes().find(({ parent, name }) => parent === this.container.pid && name === "systemd")
        ?.pid;
    this.#init = await Promise.race([until(BUSY_MS, "systemd", findInit), early]);
    const isUp = async () =>
      /^(running|degraded)/.test((await this.run("systemctl", "is-system-running")).stdout);
    await Promise.race([until(BUSY_MS, "the boot", isUp), early]);
  }

  /** Runs a command in the container to its end. */
  async run(...command: string[]): Promise<Output> {
    const process = new Deno.Command("nsenter", {
      args: ["-t", `${this.#init}`, ...["-m", "-u", "-i", "-n", "-p"], "--", ...command],
      cwd: "/",
      clearEnv: true,
      env: baseEnvironment(),
      stdin: "null",
    });
    const { code, stdout, stderr } = await within(BUSY_MS, command.join(" "), process.output());
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  /** @throws {Error} unless it exits with 0 */
  async systemctl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run("systemctl", ...args);
    if (code === 0) return stdout;
    const { stdout: journal } = await this.run("journalctl", "--no-pager", "-n", "30");
    throw new Error(`systemctl ${args.join(" ")} exited with ${code}: ${stderr}\n${journal}`);
  }

  async show(unit: string, property: string): Promise<string> {
    return await this.systemctl("show", unit, "--value", "-p", property);
  }

  /** The messages of the unit's processes and of systemd about it. */
  async journal(unit: string): Promise<string[]> {
    return (await this.run("journalctl", "--no-pager", "-o", "cat", "--all", "-u", unit))
      .stdout.split("\n");
  }

  /** A path on this machine that leads to the container's file. */
  path(inside: string): string {
    return `/proc/${this.#init}/root${inside}`;
  }

  write(inside: string, text: string): void {
    const path = this.path(inside);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }

  /** The container's living processes of this name. */
  processes(name: string): ProcessEntry[] {
    const all = processes();
    const family = all.filter(({ pid }) => pid === this.#init);
    for (const { pid } of family) family.push(...all.filter(({ parent }) => parent === pid));
    return family.filter((entry) => entry.name === name && isAlive(entry.pid));
  }

  /** tandem and all its descendants; Debian's nginx runs in the container, too. */
  pair(): number[] {
    const pids = this.processes("tandem").map(({ pid }) => pid);
    const all = processes();
    for (const pid of pids) {
      pids.push(...all.filter(({ parent }) => parent === pid).map(({ pid }) => pid));
    }
    return [...new Set(pids)];
  }

  /** The process of this name whose parent is tandem. */
  master(name: "nginx" | "gunicorn"): number {
    const launchers = this.processes("tandem").map(({ pid }) => pid);
    const master = this.processes(name).find(({ parent }) => launchers.includes(parent));
    if (!master) throw new Error(`no ${name} runs in the container`);
    return master.pid;
  }

  /** The status of the ready path; `undefined` without an answer. */
  ready(stateDir: string): Promise<number | undefined> {
    return ask(this.path(`${stateDir}/nginx.sock`), "/ping")
      .then(({ status }) => status, () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.container.kill("SIGTERM"); // A shutdown, in order.
      await within(BUSY_MS, "the shutdown of the container", this.container.status);
    } catch {
      try {
        this.container.kill("SIGKILL");
      } catch { /* it has exited */ }
      await this.container.status;
    }
    this.group[Symbol.dispose]();
  }
}
