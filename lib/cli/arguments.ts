/** argv and environment -> Invocation or UsageError. Nothing here starts, changes or prints anything. */

import { parseArgs } from "node:util";
import type { Machine, Origin, Request, SettingReport, Settings } from "../plan/settings.ts";
import { type CommandName, commandNames, isCommandName } from "./command_names.ts";
import type { Form } from "./forms.ts";
import { didYouMean } from "./did_you_mean.ts";
import { type Setting, settingsTable, variableOf } from "./settings.ts";

export type Invocation =
  | { kind: "help"; command: CommandName | undefined }
  | { kind: "version" }
  | { kind: "run"; command: Exclude<CommandName, "help">; request: Request };

export type Environment = Readonly<Record<string, string>>;

/** What the user has to change, in one line. Caught in `run`, which ends with status 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Given = Map<string, string | true>;

/** @throws {UsageError} for anything that is not exactly of its form. */
export function parseInvocation(
  args: readonly string[],
  env: Environment,
  machine: Machine,
): Invocation {
  const { words, given, afterDashes } = readWords(args);
  const command = commandOf(words);
  if (given.has("version")) return { kind: "version" };
  const extra = words[command === "help" ? 2 : 1];
  if (extra !== undefined) throw new UsageError(`unexpected argument ${quoted(extra)}`);
  if (command === "help") return { kind: "help", command: topicOf(words[1]) };
  if (given.has("help")) return { kind: "help", command: words.length ? command : undefined };
  const { settings, report } = settle(given, env, machine);
  const currentDirectory = machine.currentDirectory();
  return {
    kind: "run",
    command,
    request: { settings, gunicornArguments: afterDashes, currentDirectory, report },
  };
}

function readWords(args: readonly string[]) {
  const settings = Object.values(settingsTable) as Setting<unknown>[];
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "V" },
  };
  for (const { flag, placeholder } of settings) {
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
  const given: Given = new Map();
  let end = args.length;
  for (const token of tokens) {
    if (token.kind === "option-terminator") end = token.index;
    if (token.kind === "positional" && token.index < end) words.push(token.value);
    if (token.kind === "option") given.set(token.name, checkedValue(token, options));
  }
  return { words, given, afterDashes: args.slice(end + 1) };
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function checkedValue(
  { name, rawName, value, inlineValue }: OptionToken,
  options: Record<string, { type: "string" | "boolean" }>,
): string | true {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) {
    const flags = Object.keys(options).map((flag) => `--${flag}`);
    throw new UsageError(`unknown flag ${quoted(rawName)}${didYouMean(rawName, flags)}`);
  }
  if (option.type === "boolean") {
    if (value !== undefined) {
      throw new UsageError(`${rawName} takes no value, not ${quoted(value)}`);
    }
    return true;
  }
  if (value === undefined || (!inlineValue && value.startsWith("-"))) {
    const setting = Object.values(settingsTable).find(({ flag }) => flag === name)!;
    const instead = value === undefined ? "" : `, not ${quoted(value)}`;
    throw new UsageError(`${rawName} needs a value${instead}: ${setting.form.wanted}`);
  }
  return value;
}

function commandOf([word]: string[]): CommandName {
  if (word === undefined) return "serve";
  if (isCommandName(word)) return word;
  throw new UsageError(`unknown command ${quoted(word)}${didYouMean(word, commandNames)}`);
}

function topicOf(word: string | undefined): CommandName | undefined {
  return word === undefined ? undefined : commandOf([word]);
}

function settle(given: Given, env: Environment, machine: Machine) {
  const settings: Record<string, unknown> = {};
  const report: SettingReport[] = [];
  for (const [key, setting] of Object.entries(settingsTable) as [string, Setting<unknown>][]) {
    const { value, origin } = settleOne(setting, given, env, machine);
    settings[key] = value;
    report.push({ flag: setting.flag, value: inWords(key, value), origin });
  }
  const settled = settings as unknown as Settings;
  if (settled.drainDelay >= settled.gracePeriod) {
    throw new UsageError(
      `--drain-delay ${settled.drainDelay} leaves nothing of --grace-period ${settled.gracePeriod}: ` +
        `make the delay shorter or the grace period longer`,
    );
  }
  return { settings: settled, report };
}

/** A flag beats its variables, `TANDEM_…` first; an empty variable counts as unset. */
function settleOne(
  setting: Setting<unknown>,
  given: Given,
  env: Environment,
  machine: Machine,
): { value: unknown; origin: Origin } {
  const { flag, form, variables = [], fallback } = setting;
  const text = given.get(flag);
  if (text !== undefined) {
    const value = text === true ? true : parsed(text, form, `--${flag}`);
    return { value, origin: { kind: "flag", name: `--${flag}` } };
  }
  for (const variable of [variableOf(flag), ...variables]) {
    const { name, form: own } = typeof variable === "string" ? { name: variable, form } : variable;
    const found = env[name];
    if (found) return { value: parsed(found, own, name), origin: { kind: "variable", name } };
  }
  return { value: fallback(machine), origin: { kind: "default" } };
}

function parsed(text: string, form: Form<unknown>, name: string): unknown {
  const value = form.parse(text);
  if (value !== undefined) return value;
  throw new UsageError(
    `${name}: ${quoted(text)} is not ${form.wanted}${didYouMean(text, form.choices ?? [])}`,
  );
}

function inWords(key: string, value: unknown): string {
  if (value === undefined) return key === "nginxConf" ? "built-in" : "none";
  return String(value);
}

const LONGEST_QUOTE = 60;

/** Quoted so that a newline or a terminal's escape stays harmless, and the line a line. */
function quoted(text: string): string {
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return JSON.stringify(shown).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
