import { cgroupV2 } from "./cgroup_v2/cgroup_v2.ts";
import { kubePlay } from "./kube_play/kube_play.ts";
import { musl } from "./musl/musl.ts";
import type { Platform } from "./platform.ts";
import { podman } from "./podman/podman.ts";
import { rollingUpdate } from "./rolling_update/rolling_update.ts";
import { daemontools } from "./supervisors/daemontools.ts";
import { monit } from "./supervisors/monit.ts";
import { openrc } from "./supervisors/openrc.ts";
import { runit } from "./supervisors/runit.ts";
import { s6 } from "./supervisors/s6.ts";
import { s6Overlay } from "./supervisors/s6_overlay.ts";
import { supervisord } from "./supervisors/supervisord.ts";
import { systemd252, systemd257 } from "./systemd.ts";

/** In the order of docs/platforms.md. */
export const platforms: readonly Platform[] = [
  ...[systemd252, systemd257, cgroupV2],
  ...[s6, s6Overlay, runit, daemontools, supervisord, openrc, monit],
  ...[podman, kubePlay, musl, rollingUpdate],
];
