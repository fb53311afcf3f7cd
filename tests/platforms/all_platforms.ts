import { kubePlay } from "./kube_play/kube_play.ts";
import { podman } from "./podman/podman.ts";
import type { Platform } from "./platform.ts";
import { rollingUpdate } from "./rolling_update/rolling_update.ts";

/** In the order of docs/platforms.md. */
export const platforms: readonly Platform[] = [podman, kubePlay, rollingUpdate];
