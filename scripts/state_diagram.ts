// deno-lint-ignore-file no-console -- a script talks to its user
// Draws the phases of a run, and what the signals do in each, into docs/running.md.
//
//   deno task diagram

import { join } from "node:path";
import { type SignalAction, signalTable } from "../lib/plan/signals.ts";
import {
  escalatingSignals,
  FIRST_PHASE,
  type Phase,
  type PhaseEvent,
  phaseNames,
  phaseTable,
  stopSteps,
} from "../lib/supervise/phases.ts";

export const eventMeanings: Record<PhaseEvent, string> = {
  "ready": "the ready path answers 200 through nginx",
  "stop-requested": "a stop signal",
  "child-exited": "nginx or gunicorn exited by itself",
  "not-ready": "--start-timeout is over",
  "refused": "nginx.conf is invalid, or its port is in use",
  "cannot-start": "a child cannot be started",
  "internal-error": "internal error (a bug in tandem)",
  "drained": "both children and their orphans have exited",
};

interface Move {
  to: Phase;
  causes: string[];
}

function movesFrom(phase: Phase): Move[] {
  return Object.entries(phaseTable[phase].next)
    .map(([to, events]) => ({ to: to as Phase, causes: events.map(describeEvent) }));
}

function describeEvent(event: PhaseEvent): string {
  return event === "stop-requested" ? signalsFor("stop").join(", ") : eventMeanings[event];
}

/** What signals do without ending the phase. */
function signalEffects(phase: Phase): string[] {
  const isDraining = phaseNames.some((before) =>
    phaseTable[before].next[phase]?.includes("stop-requested")
  );
  return [
    ...phaseTable[phase].obeys.map((action) =>
      `${signalsFor(action).join(", ")}: ${action.replace("-", " ")}`
    ),
    ...(isDraining ? stopSteps.slice(1) : []).map(({ meaning }, index) =>
      `${ordinals[index]} ${escalatingSignals.join(" or ")}: ${meaning}`
    ),
  ];
}

const ordinals = ["second", "third"];

function signalsFor(action: SignalAction): readonly string[] {
  return signalTable.filter((row) => row.action === action).flatMap(({ signals }) => signals);
}

export function mermaid(): string {
  const ends = phaseNames.filter((phase) => movesFrom(phase).length === 0);
  return [
    "```mermaid",
    "stateDiagram-v2",
    `  [*] --> ${FIRST_PHASE}`,
    ...phaseNames.flatMap((phase) => [
      ...movesFrom(phase).map(({ to, causes }) => `  ${phase} --> ${to}: ${label(causes)}`),
      ...signalEffects(phase).slice(0, 1).map(() =>
        `  ${phase} --> ${phase}: ${label(signalEffects(phase))}`
      ),
    ]),
    ...ends.map((phase) => `  ${phase} --> [*]`),
    "```",
  ].join("\n");
}

/** A colon or semicolon would end a label. */
function label(lines: string[]): string {
  return lines.map((line) => line.replace(/[:;]/g, "")).join("<br/>");
}

export function plain(): string {
  const width = Math.max(...phaseNames.map((phase) => phase.length));
  const phases = phaseNames.flatMap((phase) => [
    `${phase.padEnd(width)}  ${phaseTable[phase].meaning}`,
    ...movesFrom(phase).flatMap(({ to, causes }) =>
      causes.map((cause, index) =>
        `${" ".repeat(width)}  ${index ? "  " : "─▶"} ${(index ? "" : to).padEnd(width)}  ${cause}`
      )
    ),
    ...signalEffects(phase).map((effect) => `${" ".repeat(width)}  ${effect}`),
  ]);
  return ["```text", ...phases, "```"].join("\n");
}

/**
 * @returns the document with both forms between its markers
 * @throws {Error} if it has no markers
 */
export function withDiagram(text: string): string {
  const section = /(<!-- phases -->\n)[^]*?(<!-- \/phases -->)/;
  if (!section.test(text)) {
    throw new Error("Cannot draw: docs/running.md has no <!-- phases --> marks");
  }
  const asText = `<details><summary>The same as text</summary>\n\n${plain()}\n\n</details>`;
  const drawn = `\n${mermaid()}\n\n${asText}\n\n`;
  return text.replace(section, (_, begin: string, end: string) => begin + drawn + end);
}

if (import.meta.main) {
  const path = join(import.meta.dirname ?? ".", "..", "docs/running.md");
  await Deno.writeTextFile(path, withDiagram(await Deno.readTextFile(path)));
  console.error("diagram: docs/running.md");
}
