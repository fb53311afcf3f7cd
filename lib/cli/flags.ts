/** Splits a command line into words and flags, and checks the names of the flags. */

import { parseArgs } from "node:util";
import {
  type CommandFlag,
  type CommandName,
  commandNames,
  commandOf,
  generalFlags,
} from "./command_table.ts";
import { didYouMean } from "./did_you_mean.ts";
import { settingsTable } from "./settings.ts";
import type { Setting } from "./settings/setting.ts";
import { quoted, UsageError } from "./usage_error.ts";

/** The text of each flag by its name without dashes; `true` for a switch. */
export type GivenFlags = Map<string, string | true>;

export interface FlagToken {
  name: string;
  /** As typed, with its dashes. */
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

const settings = Object.values(settingsTable) as Setting<unknown>[];
const commandFlags: CommandFlag[] = commandNames.flatMap((name) => commandOf(name).flags ?? []);
const general: readonly string[] = generalFlags.map(({ flag }) => flag);

/** Arguments after `--` are gunicorn's and are returned unread. */
export function readWords(args: readonly string[]) {
  // The flags of all commands, since the command is not known yet. `checkFlags` checks the command's own.
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const { flag, short } of generalFlags) options[flag] = { type: "boolean", short };
  // Without `strict`, a flag that is not listed is a switch. parseArgs validates each one that is, given or not.
  for (const { flag, placeholder } of [...settings, ...commandFlags]) {
    if (placeholder && args.includes(`--${flag}`)) options[flag] = { type: "string" };
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
 * The last of several values of a flag counts.
 * @param name the command; `undefined` if it is unknown, so that the flags of all commands are accepted
 * @throws {UsageError} for an unknown flag, a missing value, or a value of a switch
 */
export function checkFlags(flags: FlagToken[], name: CommandName | undefined): GivenFlags {
  const given: GivenFlags = new Map();
  const known = [...name ? commandOf(name).flags ?? [] : commandFlags, ...settings];
  for (const { name: flag, rawName, value, inlineValue } of flags) {
    const found = known.find((candidate) => candidate.flag === flag);
    if (!found && !general.includes(flag)) {
      const all = [...known.map(({ flag }) => flag), ...general].map((flag) => `--${flag}`);
      const isOfOtherCommand = commandFlags.some((other) => other.flag === flag);
      throw new UsageError(
        (isOfOtherCommand ? `${name} has no flag ` : "unknown flag ") + quoted(rawName) +
          didYouMean(rawName, all),
      );
    }
    if (found?.placeholder) {
      if (value === undefined || (!inlineValue && value.startsWith("-"))) {
        const instead = value === undefined ? "" : `, not ${quoted(value)}`;
        throw new UsageError(`${rawName} needs a value${instead}: ${found.type.expected}`);
      }
    } else if (value !== undefined) {
      throw new UsageError(`${rawName} takes no value: remove ${quoted(value)}`);
    }
    given.set(flag, value ?? true);
  }
  return given;
}
