/** What of a command line can be completed, gathered from the tables for all shells alike. */

import {
  type Command,
  commandNames,
  commandOf,
  generalFlags,
  settingsOf,
} from "../command_table.ts";
import type { ValueType } from "../value_types.ts";

export interface CompletionModel {
  /** The first has no name: nothing is typed yet, so it may be `serve`, or the command may follow. */
  readonly commands: readonly CompletableCommand[];
  readonly flags: readonly SharedFlag[];
  /** The flags that take a value, as they are typed; each once. */
  readonly flagsWithValue: readonly string[];
}

export interface CompletableCommand {
  readonly name: string;
  readonly meaning: string;
  /** What can stand behind the command's name. */
  readonly words: "commands" | readonly string[];
}

export interface CompletableFlag {
  readonly flag: string;
  readonly short?: string;
  /** A switch has none and takes no value. */
  readonly placeholder?: string;
  readonly meaning: string;
  /** What its value can be; a switch has none. */
  readonly value?: CompletableValue;
}

export type CompletableValue =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "file" | "directory" | "anything" };

/** A flag with the names of all commands for which it means the same. */
export interface SharedFlag extends CompletableFlag {
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
        const { meaning, word } = commandOf(name);
        return { name, meaning, words: wordsOf(word?.form.choices) };
      }),
    ],
    flags,
    flagsWithValue: [...new Set(withValue)],
  };
}

function flagsOf(command: Command): CompletableFlag[] {
  const own = [...command.flags ?? [], ...settingsOf(command)];
  return [
    ...own.map(({ flag, placeholder, meaning, form }) => {
      return { flag, placeholder, meaning, value: placeholder ? valueOf(form) : undefined };
    }),
    ...generalFlags,
  ];
}

function valueOf({ choices, path }: ValueType<unknown>): CompletableValue {
  return choices ? { kind: "choices", choices } : { kind: path ?? "anything" };
}

function wordsOf(choices: readonly string[] = []): CompletableCommand["words"] {
  return choices === commandNames ? "commands" : choices;
}

/** The flags that the same commands have, together. */
export function byCommands(flags: readonly SharedFlag[]): SharedFlag[][] {
  const groups = new Map<string, SharedFlag[]>();
  for (const flag of flags) {
    const key = flag.commands.join();
    groups.set(key, [...groups.get(key) ?? [], flag]);
  }
  return [...groups.values()];
}
