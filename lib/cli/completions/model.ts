/** Collects from the tables what can be completed, for all shells. */

import {
  type Command,
  commandNames,
  commandOf,
  generalFlags,
  helpTopics,
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
  /** What may follow the command's name. */
  readonly words: readonly CompletionWord[];
}

export interface CompletionWord {
  readonly word: string;
  readonly meaning?: string;
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
  const commandWords = commandNames.map((name): CompletionWord => {
    return { word: name, meaning: commandOf(name).meaning };
  });
  const topics = Object.entries(helpTopics).map(([word, meaning]) => ({ word, meaning }));
  const withValue = flags.filter(({ value }) => value).map(({ flag }) => `--${flag}`);
  return {
    commands: [
      { name: "", meaning: serve.meaning, words: commandWords },
      ...commandNames.map((name) => {
        const { meaning, operand } = commandOf(name);
        const words = operand?.type.choices?.map((word) => ({ word })) ?? [];
        return { name, meaning, words: name === "help" ? [...commandWords, ...topics] : words };
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

/** Groups the flags that belong to the same commands. */
export function byCommands(flags: readonly SharedFlag[]): SharedFlag[][] {
  const groups = new Map<string, SharedFlag[]>();
  for (const flag of flags) {
    const key = flag.commands.join();
    groups.set(key, [...groups.get(key) ?? [], flag]);
  }
  return [...groups.values()];
}
