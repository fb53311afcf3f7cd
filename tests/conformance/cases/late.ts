/** What only `import()` asks for, and what knows the file that does. */

import { until } from "./cases.ts";

export const late = until.name;
