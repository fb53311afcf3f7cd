/** Every fault of the suite. */

import type { Fault } from "../fault.ts";
import { childFaults } from "./children.ts";
import { clientFaults } from "./clients.ts";
import { clockFaults } from "./clocks.ts";
import { descriptorFaults } from "./descriptors.ts";
import { diskFaults } from "./disks.ts";
import { fileFaults } from "./files.ts";
import { freezeFaults } from "./freezes.ts";
import { killFaults } from "./kills.ts";
import { lateKillFaults } from "./late_kills.ts";
import { memoryFaults } from "./memory.ts";
import { processFaults } from "./processes.ts";
import { readerFaults } from "./readers.ts";
import { secondStartFaults } from "./second_start.ts";
import { signalFaults } from "./signals.ts";

export const allFaults: readonly Fault[] = [
  ...killFaults,
  ...lateKillFaults,
  ...freezeFaults,
  ...signalFaults,
  ...fileFaults,
  ...diskFaults,
  ...descriptorFaults,
  ...processFaults,
  ...memoryFaults,
  ...clockFaults,
  ...clientFaults,
  ...childFaults,
  ...readerFaults,
  ...secondStartFaults,
];
