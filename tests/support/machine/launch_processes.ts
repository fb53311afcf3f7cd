/** Finds all processes of one launch, including orphans. */

import { environmentOf, killByPid, processes, workingDirectoryOf } from "./process_table.ts";
import type { ProcessEntry } from "./process_table.ts";
import { until } from "../waiting.ts";

/** Either mark identifies a process: nginx overwrites its environment with its title, and others may change folders. */
export interface FamilyMark {
  /** `NAME=value` in the environment of the first process. */
  variable: string;
  /** Contains the working directory of the first process. */
  folder: string;
}

export function findFamily({ variable, folder }: FamilyMark): ProcessEntry[] {
  return processes().filter(({ pid }) =>
    isWithin(workingDirectoryOf(pid), folder) || environmentOf(pid).includes(variable)
  );
}

/** In another root the kernel shows that root's path in front of the folder, whose name is unique. */
function isWithin(path: string | undefined, folder: string): boolean {
  return path !== undefined && `${path}/`.includes(`${folder}/`);
}

/** Kills each process by its pid, until none is left. */
export async function killFamily(mark: FamilyMark): Promise<void> {
  await until(5000, "the exit of all killed processes", () => {
    const left = findFamily(mark);
    for (const { pid } of left) killByPid(pid, "SIGKILL");
    return left.length === 0;
  });
}
