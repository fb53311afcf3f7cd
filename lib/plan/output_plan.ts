/** How the children's output will reach tandem's own. */

import type { LogsMode } from "./settings.ts";

export type RelayFormat = "plain" | "prefix" | "json";

export type OutputPlan =
  | { kind: "inherit"; why: string; warning?: string }
  | { kind: "relay"; format: RelayFormat; why: string; warning?: undefined };

/** What was found out about one of tandem's outputs. */
export interface OutputFacts {
  /** "a pipe", for people. */
  what: string;
  isTerminal: boolean;
  /** The children can open it again, as nginx does by way of its log links. */
  canReopen: boolean;
}

export type StreamName = "stdout" | "stderr";

export type Outputs = Record<StreamName, OutputFacts>;

export function planOutput(mode: LogsMode, outputs: Outputs): OutputPlan {
  const closed = names(outputs, ({ canReopen }) => !canReopen);
  if (mode === "inherit") {
    const warning = closed && `--logs inherit, but nginx cannot open ${closed} again, to which ` +
        `its log links lead: --logs auto would carry its lines`;
    return { kind: "inherit", why: "--logs inherit says so", ...(warning && { warning }) };
  }
  if (mode !== "auto") return { kind: "relay", format: mode, why: `--logs ${mode} says so` };
  const terminals = names(outputs, ({ isTerminal }) => isTerminal);
  if (terminals) return { kind: "relay", format: "prefix", why: `there is ${terminals}` };
  return closed
    ? { kind: "relay", format: "plain", why: `nginx could not open ${closed} again` }
    : { kind: "inherit", why: `nginx can open ${names(outputs, () => true)} again` };
}

/** "stdout (a pipe) and stderr (a file)"; empty for none. */
function names({ stdout, stderr }: Outputs, which: (facts: OutputFacts) => boolean): string {
  const found = [
    which(stdout) && `stdout (${stdout.what})`,
    which(stderr) && `stderr (${stderr.what})`,
  ];
  return found.filter(Boolean).join(" and ");
}
