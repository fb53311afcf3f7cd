/** Every word that the shells may suggest is one that tandem accepts. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCommandLine } from "../../../../lib/cli/arguments.ts";
import { buildCompletionModel, type SharedFlag } from "../../../../lib/cli/completions/model.ts";
import { property } from "../../support/cases.ts";
import { byoImage } from "../../support/invocation_for.ts";

const { commands, flags } = buildCompletionModel();
const named = commands.slice(1);

const needed: Record<string, string[]> = { plan: ["--for", "ecs"] };

/** A command, its operand or flag if it needs one, and some of its flags with a suggested or a fitting value. */
const suggested = fc.constantFrom(...named).chain((command) => {
  const own = flags.filter((flag) => flag.commands.includes(command.name));
  const words = command.words.map(({ word }) => word);
  return fc.tuple(
    fc.constant(command.name),
    fc.constantFrom(...(words.length ? words.map((word) => [word]) : [needed[command.name] ?? []])),
    fc.array(fc.constantFrom(...own).chain(wordsOf), { maxLength: 4 }),
  );
});

function wordsOf({ flag, short, value }: SharedFlag): fc.Arbitrary<string[]> {
  const names = [`--${flag}`, ...short ? [`-${short}`] : []];
  const values = valuesOf(flag, value);
  return fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values))
    .map(([name, value]) => value === undefined ? [name] : [name, value]);
}

function valuesOf(flag: string, value: SharedFlag["value"]): (string | undefined)[] {
  if (value === undefined) return [undefined];
  if (value.kind === "choices") return [...value.choices];
  // Nothing is suggested for "anything", so a value that fits stands for what the user types.
  return value.kind === "anything" ? [typed[flag] ?? "7"] : ["/srv/some-file"];
}

const typed: Record<string, string> = {
  "worker-class": "gthread",
  "app": "wsgi:app",
  "max-body": "5m",
  "ready-path": "/ping",
  "url": "http://localhost:80/",
  "trust-proxy": "10.0.0.0/8",
  "grace-period": "60",
  "textfile": "/srv/some-file.prom",
};

property("completions properties: any combination of suggestions is accepted", [suggested], (
  [command, operand, flags],
) => {
  const args = [command, ...operand, ...flags.flat()];
  const { kind } = parseCommandLine(args, {}, byoImage);
  assert.ok(["run", "help", "version", "completions"].includes(kind), args.join(" "));
});
