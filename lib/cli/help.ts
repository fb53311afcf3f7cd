/** The help, made from the tables. */

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
import { type Setting, settingGroups, variableOf } from "./settings.ts";

const WIDTH = 80;
/** Where the meanings of options begin. */
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
    "Commands (help COMMAND tells the options that are its own):",
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
  const { settings, flags = [], word, takesGunicornArguments }: Command = commandTable[name];
  const words = [
    "tandem",
    name === "serve" ? "[serve]" : name,
    word && (word.option ? word.name : `[${word.name}]`),
    settings.length + flags.length > 0 && "[options]",
    takesGunicornArguments && "[-- gunicorn arguments]",
  ];
  return words.filter(Boolean).join(" ");
}

function settingsHelp(command: Command): string[] {
  const settings = settingsOf(command);
  if (!settings.length) return [];
  const heading = "Settings (a flag beats its variable, which beats the default)";
  // A few need no headings of their own.
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
  const notes = [formatDefault(setting), variableNames(setting).join(", ")];
  return entry(formatFlag(setting), `${setting.meaning} [${notes.join("; ")}]`, COLUMN);
}

function flagHelp(flag: CommandFlag): string {
  return entry(formatFlag(flag), flag.meaning, COLUMN);
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

/** As help and README say it; a default that depends on the machine has words of its own. */
export function formatDefault(
  { fallback, fallbackInWords, placeholder }: Setting<unknown>,
): string {
  if (fallbackInWords !== undefined) return fallbackInWords;
  // These fallbacks look at nothing: those that do look have words.
  return placeholder ? String((fallback as () => unknown)()) : "off";
}

export function variableNames({ flag, variables = [] }: Setting<unknown>): string[] {
  return [
    variableOf(flag),
    ...variables.map((variable) => typeof variable === "string" ? variable : variable.name),
  ];
}

/** Nothing where there are no lines; else an empty line, the heading and they. */
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
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && indent + last.length + 1 + word.length <= WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line);
}
