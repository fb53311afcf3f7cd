/** argv and environment -> Invocation or UsageError. Nothing here starts, changes or prints anything. */

import type { CommandOptions, Invocation, Machine, shells } from "../plan/settings.ts";
import {
  type Command,
  type CommandName,
  commandNames,
  commandOf,
  isCommandName,
} from "./command_table.ts";
import { didYouMean } from "./did_you_mean.ts";
import { checkFlags, type GivenFlags, readWords } from "./flags.ts";
import { type Environment, parseValue, resolveSettings } from "./resolve.ts";
import { quoted, UsageError } from "./usage_error.ts";

type Shell = typeof shells[number];

/** Those that are more than a text made from the tables. */
export type RunnableCommand = Exclude<CommandName, "help" | "completions">;

export type CommandLine =
  | { kind: "help"; command: CommandName | undefined }
  | { kind: "version" }
  | { kind: "completions"; shell: Shell }
  | { kind: "run"; command: RunnableCommand; request: Invocation };

/** @throws {UsageError} for anything that is not exactly of its form. */
export function parseCommandLine(
  args: readonly string[],
  env: Environment,
  machine: Machine,
): CommandLine {
  const { words, flags, afterDashes } = readWords(args);
  const [first, ...more] = words;
  const known = first === undefined ? "serve" : isCommandName(first) ? first : undefined;
  // Before the word that is no command: it may be the value of a flag that is none.
  const given = checkFlags(flags, known);
  const name = known ?? commandNamed(first!);
  const command = commandOf(name);
  if (given.has("version")) return { kind: "version" };
  if (name === "help") return { kind: "help", command: topicOf(more) };
  if (given.has("help")) return { kind: "help", command: first === undefined ? undefined : name };
  const options = readOptions(command, given, more);
  if (afterDashes.length && !command.takesGunicornArguments) {
    throw new UsageError(`${name} takes nothing behind --, not ${quoted(afterDashes[0]!)}`);
  }
  if (name === "completions") return { kind: "completions", shell: options.shell! };
  const { settings, report } = resolveSettings(given, env, machine);
  const currentDirectory = machine.currentDirectory();
  return {
    kind: "run",
    command: name,
    request: { settings, options, gunicornArguments: afterDashes, currentDirectory, report },
  };
}

function commandNamed(word: string): CommandName {
  if (isCommandName(word)) return word;
  throw new UsageError(`unknown command ${quoted(word)}${didYouMean(word, commandNames)}`);
}

function topicOf([word, extra]: string[]): CommandName | undefined {
  if (extra !== undefined) throw new UsageError(`unexpected argument ${quoted(extra)}`);
  return word === undefined ? undefined : commandNamed(word);
}

/** Takes the command's own flags out of what is given, so that `--timeout` of `stop` is not gunicorn's. */
function readOptions(
  { flags = [], word }: Command,
  given: GivenFlags,
  words: string[],
): CommandOptions {
  const options: Record<string, unknown> = {};
  for (const { flag, option, form } of flags) {
    const text = given.get(flag);
    if (text !== undefined) {
      options[option] = text === true ? true : parseValue(text, form, `--${flag}`);
    }
    given.delete(flag);
  }
  if (word?.option) {
    const [text, ...more] = words;
    if (text === undefined) throw new UsageError(`which one: ${word.name}?`);
    options[word.option] = parseValue(text, word.form, word.name);
    words = more;
  }
  if (words.length) throw new UsageError(`unexpected argument ${quoted(words[0]!)}`);
  return options;
}
