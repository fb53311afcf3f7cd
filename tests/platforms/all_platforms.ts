import type { Platform } from "./platform.ts";
import { podman } from "./podman/podman.ts";

/** In the order of docs/platforms.md. */
export const platforms: readonly Platform[] = [podman];
