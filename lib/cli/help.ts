/** Formats the help from the tables of commands, settings, signals and exit statuses. */

import { exitStatusTable } from "../plan/exit_codes.ts";
import { signalTable } from "../plan/signals.ts";
import {
  type Command,
  type CommandFlag,
  type CommandName,
  commandOf,
  commandTable,
  generalFlags,
  settingsOf,
} from "./command_table.ts";
import { type Setting, settingGroups, variableOf } from "./settings/setting.ts";

const WIDTH = 80;
/** The column at which the descriptions of options begin. */
const COLUMN = 26;

export function helpText(command: CommandName | undefined): string {
  const lines = command === undefined ? overview() : commandHelp(command, commandOf(command));
  return `${lines.join("\n")}\n`;
}

function overview(): string[] {
  return [
    "tandem runs nginx and gunicorn as one.",
    "",
    `Usage: ${usageOf("serve")}`,
    "       tandem COMMAND [options]",
    "",
    "Commands (for the options of each, see tandem help COMMAND):",
    ...Object.entries(commandTable).map(([name, { meaning }]) => entry(name, meaning, 13)),
    "",
    ...settingsHelp(commandTable.serve),
    "",
    ...generalHelp(),
    "",
    "Signals:",
    ...signalTable.map(({ signals, meaning }) => entry(signals.join(", "), meaning, COLUMN)),
    "",
    "Exit status:",
    ...exitStatusTable.map(({ status, when }) => entry(status, when, 21)),
  ];
}

function commandHelp(name: CommandName, command: Command): string[] {
  return [
    `Usage: ${usageOf(name)}`,
    "",
    ...wrap(sentence(command.meaning), 0),
    ...section(`Options of ${name}:`, command.flags?.map(flagHelp)),
    ...section("", settingsHelp(command)),
    "",
    ...generalHelp(),
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
  return entry(formatFlag(flag), flag.meaning, COLUMN);
}

/** `[default: auto] [values: auto, inherit, prefix, json] [env: TANDEM_LOGS]` */
export function formatNotes(setting: Setting<unknown>): string {
  const { choices } = setting.type;
  return [
    `[default: ${formatDefault(setting)}]`,
    ...(choices ? [`[values: ${choices.join(", ")}]`] : []),
    `[env: ${variableNames(setting).join(", ")}]`,
  ].join(" ");
}

/** `--workers N` */
export function formatFlag({ flag, placeholder }: Pick<CommandFlag, "flag" | "placeholder">) {
  return placeholder ? `--${flag} ${placeholder}` : `--${flag}`;
}

function generalHelp(): string[] {
  return generalFlags.map(({ flag, short, meaning }) =>
    entry(`-${short}, --${flag}`, meaning, COLUMN)
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
  const lines: string[] = [];
  // A label such as "[env:" stays with the word after it.
  for (const word of text.split(/(?<!:) /)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && indent + last.length + 1 + word.length <= WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line);
}
