/** systemd on cgroup v2 with limits, in an emulated machine: containers share this machine's hierarchy, which may be v1. */

import { prepareRootWith } from "../../matrix/roots.ts";
import { findTool } from "../../support/machine/needs.ts";
import type { Platform } from "../platform.ts";
import { cgroupTrials } from "./trials.ts";
import { QEMU } from "./virtual_machine.ts";

const PACKAGES = [
  ...["nginx-light", "gunicorn", "python3-gevent", "systemd-sysv"],
  ...["linux-image-cloud-amd64"],
];

let root = "";

export const cgroupV2: Platform = {
  name: "cgroup-v2",
  trials: cgroupTrials(() => root),
  async prepare() {
    const tool = [QEMU, "mke2fs", "setpriv"].find((tool) => !findTool(tool));
    if (tool) return { kind: "ignored", reason: `needs ${tool}` };
    const prepared = await prepareRootWith("cgroup-v2", "bookworm", PACKAGES);
    if (prepared.kind === "ignored") return prepared;
    root = prepared.path;
    return { kind: "ready", version: "systemd 252 of Debian bookworm in QEMU" };
  },
};
