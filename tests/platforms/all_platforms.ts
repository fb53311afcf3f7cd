import type { Platform } from "./platform.ts";
import { systemd252, systemd257 } from "./systemd.ts";

/** In the order of docs/platforms.md. */
export const platforms: readonly Platform[] = [systemd252, systemd257];
