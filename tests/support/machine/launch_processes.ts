/** All processes of one launch, however far they have wandered from their parent. */

import { environmentOf, killByPid, processes, workingDirectoryOf } from "./process_table.ts";
import type { ProcessEntry } from "./process_table.ts";
import { until } from "../waiting.ts";

/** Neither mark is enough: nginx writes its title over its environment, and anyone may change folders. */
export interface FamilyMark {
  /** `NAME=value` that the first process got in its environment. */
  variable: string;
  /** Where the first process was started. */
  folder: string;
}

export function findFamily({ variable, folder }: FamilyMark): ProcessEntry[] {
  return processes().filter(({ pid }) =>
    isWithin(workingDirectoryOf(pid), folder) || environmentOf(pid).includes(variable)
  );
}

function isWithin(path: string | undefined, folder: string): boolean {
  return path !== undefined && `${path}/`.startsWith(`${folder}/`);
}

/** Each by its own pid, until none is left. */
export async function killFamily(mark: FamilyMark): Promise<void> {
  await until(5000, "the end of what was killed", () => {
    const left = findFamily(mark);
    for (const { pid } of left) killByPid(pid, "SIGKILL");
    return left.length === 0;
  });
}
