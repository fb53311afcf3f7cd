import type { Platform } from "./platform.ts";

/** In the order of docs/platforms.md. */
export const platforms: readonly Platform[] = [];
