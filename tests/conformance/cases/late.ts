/** Imported only by `import()`; it imports a module that is loaded already. */

import { until } from "./cases.ts";

export const late = until.name;
