/** All measurements, in the order of the report. */

import type { Measurement } from "./measurement.ts";
import { idleHour } from "./measurements/idle_hour.ts";
import { logRelay } from "./measurements/log_relay.ts";
import { lostRequests } from "./measurements/lost_requests.ts";
import { memory } from "./measurements/memory.ts";
import { ownTime } from "./measurements/own_time.ts";
import { rollingRestarts } from "./measurements/rolling_restarts.ts";
import { serveAndStop } from "./measurements/serve_and_stop.ts";
import { size } from "./measurements/size.ts";

/** By default: an hour would take longer than everything else. */
export const IDLE_MINUTES = 10;

export function measurementsWith(idleMinutes: number): readonly Measurement[] {
  return [
    ownTime,
    serveAndStop,
    lostRequests,
    rollingRestarts,
    memory,
    size,
    logRelay,
    idleHour(idleMinutes),
  ];
}

export const measurements = measurementsWith(IDLE_MINUTES);
