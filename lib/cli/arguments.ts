/** Parses arguments and environment into what to run, or throws a UsageError. Pure: prints and starts nothing. */

import type { CommandOptions, Invocation, Machine, shells } from "../plan/settings.ts";
import {
  type CommandName,
  commandNames,
  commandOf,
  commandTable,
  type HelpTopic,
  isCommandName,
  isHelpTopic,
} from "./command_table.ts";
import { didYouMean } from "./did_you_mean.ts";
import { checkFlags, type GivenFlags, readWords } from "./flags.ts";
import { type Environment, parseValue, resolveSettings } from "./resolve.ts";
import { findStrayVariables } from "./stray_variables.ts";
import { quoted, UsageError } from "./usage_error.ts";

type Shell = typeof shells[number];

export type RunnableCommand = Exclude<CommandName, "help" | "version" | "completions">;

export type CommandLine =
  | { kind: "help"; topic: HelpTopic | "all" | undefined }
  | { kind: "version"; json: boolean }
  | { kind: "completions"; shell: Shell }
  | { kind: "run"; command: RunnableCommand; invocation: Invocation };

/** What SageMaker runs in a training job. */
const DOES_NOT_TRAIN =
  '"train" is not for tandem: remove ENTRYPOINT and install tandem as /opt/program/serve, ' +
  "which answers to serve, serve status and so on, and keep the image's own /opt/program/train";

/** @throws {UsageError} for any argument or variable that is wrong */
export function parseCommandLine(
  args: readonly string[],
  env: Environment,
  machine: Machine,
): CommandLine {
  const { words, flags, afterDashes } = readWords(args);
  const [first, ...more] = words;
  if (first === "train") throw new UsageError(DOES_NOT_TRAIN);
  const known = first === undefined ? "serve" : isCommandName(first) ? first : undefined;
  // Before the command's name: what looks like an unknown command may be the value of an unknown flag.
  const given = checkFlags(flags, known);
  const name = known ?? commandNamed(first!);
  if (given.has("version")) return { kind: "version", json: false };
  if (name === "help") return { kind: "help", topic: topicOf(more, given.has("all")) };
  if (given.has("help")) return { kind: "help", topic: first === undefined ? undefined : name };
  const options = readOptions(name, given, more);
  if (afterDashes.length && !commandOf(name).takesGunicornArguments) {
    throw new UsageError(`${name} takes no arguments after --: remove ${quoted(afterDashes[0]!)}`);
  }
  if (name === "version") return { kind: "version", json: options.json ?? false };
  if (name === "completions") return { kind: "completions", shell: options.shell! };
  const currentDirectory = findCurrentDirectory(machine);
  const { settings, report } = resolveSettings(given, env, {
    ...machine,
    currentDirectory: () => currentDirectory,
  });
  return {
    kind: "run",
    command: name,
    invocation: {
      ...{ settings, options, gunicornArguments: afterDashes, currentDirectory, report },
      strayVariables: findStrayVariables(env),
    },
  };
}

/** It may have been removed, or be below a folder that this user cannot search. */
function findCurrentDirectory(machine: Machine): string {
  try {
    return machine.currentDirectory();
  } catch {
    throw new UsageError("the current directory cannot be found: change to one that exists");
  }
}

function commandNamed(word: string): CommandName {
  if (isCommandName(word)) return word;
  throw new UsageError(`unknown command ${quoted(word)}${didYouMean(word, commandNames)}`);
}

function topicOf([word, extra]: string[], isAll: boolean): HelpTopic | "all" | undefined {
  if (extra !== undefined) throw new UsageError(`unexpected argument ${quoted(extra)}`);
  if (word === undefined || isHelpTopic(word)) return isAll ? "all" : word;
  const known = commandTable.help.operand.type.choices ?? [];
  throw new UsageError(`unknown help topic ${quoted(word)}${didYouMean(word, known)}`);
}

/** Removes the command's own flags from `given`: `stop --timeout` is not the setting of that name. */
function readOptions(name: CommandName, given: GivenFlags, words: string[]): CommandOptions {
  const { flags = [], operand } = commandOf(name);
  const options: Record<string, unknown> = {};
  for (const { flag, option, type, isRequired } of flags) {
    const text = given.get(flag);
    if (isRequired && text === undefined) {
      throw new UsageError(`${name} needs --${flag}: ${type.expected}`);
    }
    if (text !== undefined) {
      options[option] = text === true ? true : parseValue(text, type, `--${flag}`);
    }
    given.delete(flag);
  }
  if (operand?.option) {
    const [text, ...more] = words;
    const { option, type } = operand;
    if (text === undefined) throw new UsageError(`${name} needs an argument: ${type.expected}`);
    options[option] = parseValue(text, type, name);
    words = more;
  }
  if (words.length) throw new UsageError(`unexpected argument ${quoted(words[0]!)}`);
  return options;
}
