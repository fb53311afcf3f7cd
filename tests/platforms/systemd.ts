/** systemd of two Debian suites, booted in a container: 252 takes the older form of the unit, 257 the newer one. */

import { findTool } from "../support/machine/needs.ts";
import { prepareRootWith, type Suite } from "../matrix/roots.ts";
import type { Platform, Prepared } from "./platform.ts";
import { runInRoot } from "../matrix/in_root.ts";
import { ContainerGroup } from "./systemd/cgroup.ts";
import { nspawn } from "./systemd/machine.ts";
import { type Systemd, systemdTrials } from "./systemd/trials.ts";

const PACKAGES = ["nginx-light", "gunicorn", "python3-gevent", "systemd-sysv"];

/** The version from which on systemd knows Type=notify-reload. */
const NOTIFY_RELOAD = 253;

function systemdPlatform(name: string, suite: Suite, isInGate: boolean): Platform {
  let systemd: Systemd | undefined;
  const trials = systemdTrials(() => systemd!);
  return {
    name,
    trials: isInGate ? trials : trials.map((trial) => ({ ...trial, isQuick: false })),
    async prepare(): Promise<Prepared> {
      const tool = ["systemd-nspawn", "nsenter", "setpriv"].find((tool) => !findTool(tool));
      if (tool) return { kind: "ignored", reason: `${tool} is missing` };
      const root = await prepareRootWith(`systemd-${suite}`, suite, PACKAGES);
      if (root.kind === "ignored") return root;
      const obstacle = await findObstacle(root.path).catch((error: Error) => error.message);
      if (obstacle) return { kind: "ignored", reason: `systemd-nspawn fails: ${obstacle}` };
      const { stdout } = await runInRoot(root.path, ["systemctl", "--version"]);
      const version = /^systemd (\d+)/.exec(stdout)?.[1] ?? "";
      systemd = { root: root.path, isBefore253: Number(version) < NOTIFY_RELOAD };
      return { kind: "ready", version: `systemd ${version} of Debian ${suite}` };
    },
  };
}

/** Whether containers can be made here: with namespaces, an overlay, and control groups that can be written. */
async function findObstacle(root: string): Promise<string | undefined> {
  using group = new ContainerGroup();
  const [command = "", ...args] = [...group.prefix, ...nspawn(root), "--pipe", "/bin/true"];
  const { code, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
  return code === 0 ? undefined : new TextDecoder().decode(stderr).trim() || `exit ${code}`;
}

export const systemd252 = systemdPlatform("systemd", "bookworm", true);
export const systemd257 = systemdPlatform("systemd-257", "trixie", false);
