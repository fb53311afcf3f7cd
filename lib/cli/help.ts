/** The help, made from the tables. */

import { exitStatusTable } from "../plan/exit_codes.ts";
import { signalTable } from "../plan/signals.ts";
import { type CommandName, commandOf, commandTable } from "./command_table.ts";
import { type Setting, settingsTable, variableOf } from "./settings.ts";

const WIDTH = 80;

const allSettings = Object.values(settingsTable) as Setting<unknown>[];

export function helpText(command: CommandName | undefined): string {
  return command === undefined ? overview() : commandHelp(command);
}

function overview(): string {
  return [
    "tandem runs nginx and gunicorn as one.",
    "",
    "Usage: tandem [serve] [options] [-- gunicorn arguments]",
    "       tandem COMMAND [options]",
    "",
    "Commands:",
    ...Object.entries(commandTable).map(([name, { meaning }]) => entry(name, meaning, 12)),
    "",
    ...settingsHelp(),
    "",
    "Signals:",
    ...signalTable.map(({ signals, meaning }) => entry(signals.join(", "), meaning, 26)),
    "",
    "Exit status:",
    ...exitStatusTable.map(({ status, when }) => entry(status, when, 20)),
    "",
  ].join("\n");
}

function commandHelp(command: CommandName): string {
  const usage = command === "serve"
    ? "tandem [serve] [options] [-- gunicorn arguments]"
    : command === "help"
    ? "tandem help [COMMAND]"
    : `tandem ${command} [options]`;
  const options = command === "help" ? [] : ["", ...settingsHelp()];
  return [`Usage: ${usage}`, "", ...wrap(sentence(commandOf(command).meaning), 0), ...options, ""]
    .join("\n");
}

function settingsHelp(): string[] {
  return [
    "Options (a flag beats its variable, which beats the default):",
    ...allSettings.map((setting) => {
      const { flag, placeholder, meaning } = setting;
      const name = placeholder ? `--${flag} ${placeholder}` : `--${flag}`;
      return entry(name, `${meaning} [${defaultInWords(setting)}; ${variables(setting)}]`, 26);
    }),
    entry("-h, --help", "show the help, also of a command", 26),
    entry("-V, --version", "show version, edition, runtime and commit", 26),
  ];
}

/** As help and README say it; a default that depends on the machine has words of its own. */
export function defaultInWords(
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

function variables(setting: Setting<unknown>): string {
  return variableNames(setting).join(", ");
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
    const last = lines.at(-1);
    if (last !== undefined && indent + last.length + 1 + word.length <= WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line);
}
