/** Lists every broken setup. */

import { confSetups } from "./conf.ts";
import { gunicornSetups } from "./gunicorn.ts";
import { limitSetups } from "./limits.ts";
import { placeSetups } from "./places.ts";
import { socketSetups } from "./sockets.ts";
import type { BrokenSetup } from "./setup.ts";

export const brokenSetups: BrokenSetup[] = [
  ...confSetups,
  ...gunicornSetups,
  ...placeSetups,
  ...socketSetups,
  ...limitSetups,
];
