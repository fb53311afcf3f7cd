/** Chooses how the children's output reaches tandem's stdout and stderr. */

import type { LogsMode } from "./settings.ts";

export type RelayFormat = "plain" | "prefix" | "json";

export type OutputPlan =
  | { kind: "inherit"; why: string; warning?: string }
  | { kind: "relay"; format: RelayFormat; why: string; warning?: undefined };

/** What is known of tandem's stdout or stderr. */
export interface OutputFacts {
  /** "a pipe", for people. */
  what: string;
  isTerminal: boolean;
  /** Whether the children can open it again, as nginx does through its log links. */
  canReopen: boolean;
}

export type StreamName = "stdout" | "stderr";

export type Outputs = Record<StreamName, OutputFacts>;

export function planOutput(mode: LogsMode, outputs: Outputs): OutputPlan {
  const closed = names(outputs, ({ canReopen }) => !canReopen);
  if (mode === "inherit") {
    const warning = closed &&
      `--logs inherit, but nginx cannot reopen ${closed} through its log links: ` +
        `use --logs auto`;
    return { kind: "inherit", why: "--logs inherit", ...(warning && { warning }) };
  }
  if (mode !== "auto") return { kind: "relay", format: mode, why: `--logs ${mode}` };
  const terminals = names(outputs, ({ isTerminal }) => isTerminal);
  if (terminals) return { kind: "relay", format: "prefix", why: `output goes to ${terminals}` };
  return closed
    ? { kind: "relay", format: "plain", why: `nginx cannot reopen ${closed}` }
    : { kind: "inherit", why: `nginx can reopen ${names(outputs, () => true)}` };
}

/** "stdout (a pipe) and stderr (a file)"; empty if none matches. */
function names({ stdout, stderr }: Outputs, matches: (facts: OutputFacts) => boolean): string {
  const found = [
    matches(stdout) && `stdout (${stdout.what})`,
    matches(stderr) && `stderr (${stderr.what})`,
  ];
  return found.filter(Boolean).join(" and ");
}
