/** Collects from the tables what can be completed, for all shells. */

import {
  type Command,
  commandNames,
  commandOf,
  generalFlags,
  settingsOf,
} from "../command_table.ts";
import type { ValueType } from "../value_types.ts";

export interface CompletionModel {
  /** The first has the name "": no command is typed yet, so flags are those of `serve`. */
  readonly commands: readonly CompletionCommand[];
  readonly flags: readonly SharedFlag[];
  /** The flags that take a value, with their dashes; each once. */
  readonly flagsWithValue: readonly string[];
}

export interface CompletionCommand {
  readonly name: string;
  readonly meaning: string;
  /** The words that may follow the command's name. */
  readonly words: "commands" | readonly string[];
}

export interface CompletionFlag {
  readonly flag: string;
  readonly short?: string;
  /** `undefined` for a switch, as is `value`. */
  readonly placeholder?: string;
  readonly meaning: string;
  readonly value?: CompletionValue;
}

export type CompletionValue =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "file" | "directory" | "anything" };

/** A flag with the names of all commands in which it means the same. */
export interface SharedFlag extends CompletionFlag {
  readonly commands: readonly string[];
}

export function buildCompletionModel(): CompletionModel {
  const shared = new Map<string, SharedFlag & { commands: string[] }>();
  const add = (name: string, command: Command) => {
    for (const flag of flagsOf(command)) {
      const key = JSON.stringify(flag);
      const known = shared.get(key);
      if (known) known.commands.push(name);
      else shared.set(key, { ...flag, commands: [name] });
    }
  };
  const serve = commandOf("serve");
  add("", serve);
  for (const name of commandNames) add(name, commandOf(name));

  const flags = [...shared.values()];
  const withValue = flags.filter(({ value }) => value).map(({ flag }) => `--${flag}`);
  return {
    commands: [
      { name: "", meaning: serve.meaning, words: "commands" },
      ...commandNames.map((name) => {
        const { meaning, operand } = commandOf(name);
        return { name, meaning, words: wordsOf(operand?.type.choices) };
      }),
    ],
    flags,
    flagsWithValue: [...new Set(withValue)],
  };
}

function flagsOf(command: Command): CompletionFlag[] {
  const own = [...command.flags ?? [], ...settingsOf(command)];
  return [
    ...own.map(({ flag, placeholder, meaning, type }) => {
      return { flag, placeholder, meaning, value: placeholder ? valueOf(type) : undefined };
    }),
    ...generalFlags,
  ];
}

function valueOf({ choices, path }: ValueType<unknown>): CompletionValue {
  return choices ? { kind: "choices", choices } : { kind: path ?? "anything" };
}

function wordsOf(choices: readonly string[] = []): CompletionCommand["words"] {
  return choices === commandNames ? "commands" : choices;
}

/** Groups the flags that belong to the same commands. */
export function byCommands(flags: readonly SharedFlag[]): SharedFlag[][] {
  const groups = new Map<string, SharedFlag[]>();
  for (const flag of flags) {
    const key = flag.commands.join();
    groups.set(key, [...groups.get(key) ?? [], flag]);
  }
  return [...groups.values()];
}
