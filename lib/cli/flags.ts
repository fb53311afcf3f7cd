/** The words and flags of a command line, before anybody asks what they mean. */

import { parseArgs } from "node:util";
import {
  type CommandFlag,
  type CommandName,
  commandNames,
  commandOf,
  generalFlags,
} from "./command_table.ts";
import { didYouMean } from "./did_you_mean.ts";
import { type Setting, settingsTable } from "./settings.ts";
import { quoted, UsageError } from "./usage_error.ts";

/** Flags by their names, with their texts; a switch has none. */
export type GivenFlags = Map<string, string | true>;

export interface FlagToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

const settings = Object.values(settingsTable) as Setting<unknown>[];
/** Of all commands. */
const ownFlags: CommandFlag[] = commandNames.flatMap((name) => commandOf(name).flags ?? []);
const general: readonly string[] = generalFlags.map(({ flag }) => flag);

/** What stands behind `--` is gunicorn's and not looked at. */
export function readWords(args: readonly string[]) {
  // All flags of all commands: which of them this command takes is asked once it is known.
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const { flag, short } of generalFlags) options[flag] = { type: "boolean", short };
  for (const { flag, placeholder } of [...settings, ...ownFlags]) {
    options[flag] = { type: placeholder ? "string" : "boolean" };
  }
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const flags: FlagToken[] = [];
  let end = args.length;
  for (const token of tokens) {
    if (token.kind === "option-terminator") end = token.index;
    if (token.kind === "positional" && token.index < end) words.push(token.value);
    if (token.kind === "option") flags.push(token);
  }
  return { words, flags, afterDashes: args.slice(end + 1) };
}

/**
 * The last of several counts, as everywhere.
 * @param name of the command; absent where there is none of that name, so that only what nobody knows is a slip
 * @throws {UsageError}
 */
export function checkFlags(flags: FlagToken[], name: CommandName | undefined): GivenFlags {
  const given: GivenFlags = new Map();
  const known = [...name ? commandOf(name).flags ?? [] : ownFlags, ...settings];
  for (const { name: flag, rawName, value, inlineValue } of flags) {
    const found = known.find((candidate) => candidate.flag === flag);
    if (!found && !general.includes(flag)) {
      const all = [...known.map(({ flag }) => flag), ...general].map((flag) => `--${flag}`);
      const isOthers = ownFlags.some((other) => other.flag === flag);
      throw new UsageError(
        `unknown flag ${quoted(rawName)}${isOthers ? ` of ${name}` : ""}${
          didYouMean(rawName, all)
        }`,
      );
    }
    if (found?.placeholder) {
      if (value === undefined || (!inlineValue && value.startsWith("-"))) {
        const instead = value === undefined ? "" : `, not ${quoted(value)}`;
        throw new UsageError(`${rawName} needs a value${instead}: ${found.form.expected}`);
      }
    } else if (value !== undefined) {
      throw new UsageError(`${rawName} takes no value, not ${quoted(value)}`);
    }
    given.set(flag, value ?? true);
  }
  return given;
}
