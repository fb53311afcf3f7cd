/** Formats the help from the tables of commands, settings, signals and exit statuses. */

import { wrapWords } from "../plan/columns.ts";
import { exitStatusTable } from "../plan/exit_codes.ts";
import { signalTable } from "../plan/signals.ts";
import {
  type Command,
  type CommandFlag,
  type CommandName,
  commandOf,
  commandTable,
  generalFlags,
  type HelpTopic,
  helpTopics,
  settingsOf,
} from "./command_table.ts";
import { type Setting, settingGroups, variableOf } from "./settings/setting.ts";
import type { ValueType } from "./value_types.ts";

const WIDTH = 80;
/** The columns at which the descriptions of options begin: in full, and in one line each. */
const COLUMN = 26;
const NARROW_COLUMN = 19;

/** @param topic `undefined` for what fits a screen */
export function helpText(topic: HelpTopic | "all" | undefined): string {
  return `${linesOn(topic).join("\n")}\n`;
}

function linesOn(topic: HelpTopic | "all" | undefined): string[] {
  switch (topic) {
    case undefined:
      return overview();
    case "all":
      return everything();
    case "exit-status":
      return exitStatusHelp();
    case "signals":
      return signalsHelp();
    default:
      return commandHelp(topic, commandOf(topic));
  }
}

/** A terminal of 24 rows shows the commands and the first settings. */
function overview(): string[] {
  const topics = ["COMMAND", "--all", ...Object.keys(helpTopics)];
  return [
    ...introduction(),
    "",
    ...commonSettingsHelp(),
    "",
    ...generalHelp(NARROW_COLUMN),
    "",
    `More: tandem help ${topics.join("|")}, man tandem, README.md`,
  ];
}

function everything(): string[] {
  return [
    ...introduction(),
    "",
    ...settingsHelp(commandTable.serve),
    "",
    ...generalHelp(),
    "",
    ...signalsHelp(),
    "",
    ...exitStatusHelp(),
  ];
}

function introduction(): string[] {
  return [
    "tandem runs nginx and gunicorn as one.",
    "",
    `Usage: ${usageOf("serve")}`,
    "       tandem COMMAND [options]",
    "",
    "Commands (the default is serve):",
    ...Object.entries(commandTable).map(([name, { meaning }]) => entry(name, meaning, 13)),
  ];
}

function signalsHelp(): string[] {
  return [
    "Signals:",
    ...signalTable.map(({ signals, meaning }) => entry(signals.join(", "), meaning, COLUMN)),
  ];
}

function exitStatusHelp(): string[] {
  return [
    "Exit status:",
    ...exitStatusTable.map(({ status, when }) => entry(status, when, 21)),
  ];
}

function commandHelp(name: CommandName, command: Command): string[] {
  // The others that take all settings take them for what `serve` would do with them.
  const isShort = command.settings === "all" && name !== "serve";
  return [
    `Usage: ${usageOf(name)}`,
    "",
    ...wrap(sentence(command.meaning), 0),
    ...section(`Options of ${name}:`, command.flags?.map(flagHelp)),
    ...section("", name === "help" ? topicsHelp() : []),
    ...section("", isShort ? commonSettingsHelp() : settingsHelp(command)),
    "",
    ...generalHelp(isShort ? NARROW_COLUMN : COLUMN),
  ];
}

/** `tandem check [options] [-- gunicorn arguments]` */
export function usageOf(name: CommandName): string {
  const { settings, flags = [], operand, takesGunicornArguments }: Command = commandTable[name];
  const words = [
    "tandem",
    name === "serve" ? "[serve]" : name,
    operand && (operand.option ? operand.name : `[${operand.name}]`),
    settings.length + flags.length > 0 && "[options]",
    takesGunicornArguments && "[-- gunicorn arguments]",
  ];
  return words.filter(Boolean).join(" ");
}

function topicsHelp(): string[] {
  return [
    "Topics:",
    ...Object.entries(helpTopics).map(([name, text]) => entry(name, text, NARROW_COLUMN)),
  ];
}

function commonSettingsHelp(): string[] {
  const common = settingsOf(commandTable.serve).filter(({ isCommon }) => isCommon);
  return [
    "Common settings and their defaults (for all settings: tandem help --all):",
    ...common.map((setting) => {
      const [gist = ""] = setting.meaning.split(";");
      const values = setting.type.choices?.join(", ");
      const text = `${gist}${values ? `: ${values}` : ""} [${formatDefault(setting)}]`;
      return entry(formatFlag(setting), text, NARROW_COLUMN);
    }),
  ];
}

function settingsHelp(command: Command): string[] {
  const settings = settingsOf(command);
  if (!settings.length) return [];
  const heading = "Settings (a flag beats its variables, which beat the default)";
  if (command.settings !== "all") return [`${heading}:`, ...settings.map(settingHelp)];
  return [
    heading,
    ...settingGroups.flatMap((group) => [
      "",
      `${group}:`,
      ...settings.filter((setting) => setting.group === group).map(settingHelp),
    ]),
  ];
}

function settingHelp(setting: Setting<unknown>): string {
  return entry(formatFlag(setting), `${setting.meaning} ${formatNotes(setting)}`, COLUMN);
}

function flagHelp(flag: CommandFlag): string {
  const text = [flag.meaning, ...valuesNote(flag.type)].join(" ");
  return entry(formatFlag(flag), text, COLUMN);
}

/** `[default: auto] [values: auto, inherit, prefix, json] [env: TANDEM_LOGS]` */
export function formatNotes(setting: Setting<unknown>): string {
  return [
    `[default: ${formatDefault(setting)}]`,
    ...valuesNote(setting.type),
    `[env: ${variableNames(setting).join(", ")}]`,
  ].join(" ");
}

function valuesNote({ choices }: ValueType<unknown>): string[] {
  return choices ? [`[values: ${choices.join(", ")}]`] : [];
}

/** `--workers N` */
export function formatFlag({ flag, placeholder }: Pick<CommandFlag, "flag" | "placeholder">) {
  return placeholder ? `--${flag} ${placeholder}` : `--${flag}`;
}

function generalHelp(column = COLUMN): string[] {
  return generalFlags.map(({ flag, short, meaning }) =>
    entry(`-${short}, --${flag}`, meaning, column)
  );
}

export function formatDefault(
  { defaultValue, defaultText, placeholder }: Setting<unknown>,
): string {
  if (defaultText !== undefined) return defaultText;
  // Only defaults with a text of their own use the machine.
  return placeholder ? String((defaultValue as () => unknown)()) : "off";
}

export function variableNames({ flag, variables = [] }: Setting<unknown>): string[] {
  return [
    variableOf(flag),
    ...variables.map((variable) => typeof variable === "string" ? variable : variable.name),
  ];
}

/** An empty line, the heading and the lines; nothing if there are no lines. */
function section(heading: string, lines: string[] = []): string[] {
  return lines.length ? ["", ...(heading ? [heading] : []), ...lines] : [];
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function entry(name: string, text: string, column: number): string {
  const head = `  ${name}`.padEnd(column + 2);
  const lines = wrap(text, column + 2);
  return head.length > column + 2
    ? [head, ...lines].join("\n")
    : head + lines.join("\n").trimStart();
}

function wrap(text: string, indent: number): string[] {
  // A label such as "[env:" stays with the word after it.
  return wrapWords(text.split(/(?<!:) /), WIDTH - indent).map((line) => " ".repeat(indent) + line);
}
