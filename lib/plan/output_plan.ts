/** How the children's output will reach tandem's own. */

import type { LogsMode } from "./settings.ts";

export type RelayFormat = "as it is" | "prefix" | "json";

export type OutputPlan =
  | { kind: "inherit"; why: string }
  | { kind: "relay"; format: RelayFormat; why: string };

/** What was found out about tandem's stdout and stderr. */
export interface OutputFacts {
  isTerminal: boolean;
  /** Both can be opened again by the children, as nginx does by way of its log links. */
  canReopen: boolean;
}

export function planOutput(mode: LogsMode, { isTerminal, canReopen }: OutputFacts): OutputPlan {
  if (mode === "inherit") return { kind: "inherit", why: "--logs inherit" };
  if (mode !== "auto") return { kind: "relay", format: mode, why: `--logs ${mode}` };
  if (isTerminal) return { kind: "relay", format: "prefix", why: "the output is a terminal" };
  if (canReopen) return { kind: "inherit", why: "the children can open the output again" };
  return {
    kind: "relay",
    format: "as it is",
    why: "nginx could not open the output again (a socket, or another user's)",
  };
}
