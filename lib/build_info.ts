/** Version, commit and edition: constants that the build defines, or placeholders when run from source. */

import config from "../deno.json" with { type: "json" };

declare const BUILD_VERSION: string;
declare const BUILD_COMMIT: string;
declare const BUILD_EDITION: string;

export const version = typeof BUILD_VERSION === "undefined" ? config.version : BUILD_VERSION;
export const commit = typeof BUILD_COMMIT === "undefined" ? "not built" : BUILD_COMMIT;
export const edition = typeof BUILD_EDITION === "undefined" ? "source" : BUILD_EDITION;
