/** All measurements, in the order of the report. */

import type { Measurement } from "./measurement.ts";
import { logRelay } from "./measurements/log_relay.ts";
import { lostRequests } from "./measurements/lost_requests.ts";
import { memory } from "./measurements/memory.ts";
import { ownTime } from "./measurements/own_time.ts";
import { rollingRestarts } from "./measurements/rolling_restarts.ts";
import { serveAndStop } from "./measurements/serve_and_stop.ts";
import { size } from "./measurements/size.ts";

export const measurements: readonly Measurement[] = [
  ownTime,
  serveAndStop,
  lostRequests,
  rollingRestarts,
  memory,
  logRelay,
  size,
];
