import { kubePlay } from "./kube_play/kube_play.ts";
import { podman } from "./podman/podman.ts";
import type { Platform } from "./platform.ts";
import { rollingUpdate } from "./rolling_update/rolling_update.ts";
import { systemd252, systemd257 } from "./systemd.ts";

/** In the order of docs/platforms.md. */
export const platforms: readonly Platform[] = [
  systemd252,
  systemd257,
  podman,
  kubePlay,
  rollingUpdate,
];
