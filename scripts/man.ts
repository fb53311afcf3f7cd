// deno-lint-ignore-file no-console -- a script prints
// Writes the man page from the tables that the help is made from.
//
//   deno task man   -> dist/tandem.1

import { join } from "node:path";
import config from "../deno.json" with { type: "json" };
import {
  type CommandName,
  commandNames,
  commandOf,
  generalFlags,
  helpTopics,
  settingsOf,
} from "../lib/cli/command_table.ts";
import { formatDefault, formatFlag, usageOf, variableNames } from "../lib/cli/help.ts";
import { type Setting, settingGroups } from "../lib/cli/settings/setting.ts";
import type { ValueType } from "../lib/cli/value_types.ts";
import { exitStatusTable } from "../lib/plan/exit_codes.ts";
import { signalTable } from "../lib/plan/signals.ts";
import { isoTime, sourceTime } from "./git.ts";

/** A unit test parses each of them, and `check` has no warning on any. */
export const examples: readonly { does: string; line: string }[] = [
  {
    does: "Serve /opt/program, as the serve script of the image did",
    line: "tandem",
  },
  {
    does: "Run two workers, and replace each after about 1000 requests",
    line: "tandem serve --workers 2 -- --max-requests 1000 --max-requests-jitter 100",
  },
  {
    does: "Check the setup and show the plan, without serving",
    line: "tandem check",
  },
  {
    does:
      "Keep serving for 10 s after a stop signal, until the load balancer sends no more requests",
    line: "tandem serve --drain-delay 10 --grace-period 26",
  },
  {
    does: "Check the health of a container whose image has no curl",
    line: "tandem health",
  },
  {
    does: "Apply a changed nginx.conf without losing a request",
    line: "tandem reload",
  },
];

/** The page as man(7) source. @param date of the last change, YYYY-MM-DD */
export function manPage(version: string, date: string): string {
  return [
    `.TH TANDEM 1 "${date}" "tandem ${version}" "User Commands"`,
    // No hyphenation: names of variables stay whole.
    ".nh",
    ".ad l",
    ".SH NAME",
    "tandem \\- run nginx and gunicorn as one",
    ".SH SYNOPSIS",
    ...verbatim(commandNames.map(usageOf)),
    ".SH DESCRIPTION",
    ...description.flatMap(text),
    ".SH COMMANDS",
    ...commandNames.flatMap(commandItem),
    ".SH OPTIONS",
    ...text("A flag beats its variables, which beat the default."),
    ...text("An empty variable counts as unset."),
    ...settingGroups.flatMap(optionsOf),
    ".SS help",
    ...generalFlags.flatMap(({ flag, short, meaning }) => item(`-${short}, --${flag}`, meaning)),
    ".SS topics of help",
    ...Object.entries(helpTopics).flatMap(([name, meaning]) => item(name, meaning)),
    ".SH SIGNALS",
    ...signalTable.flatMap(({ signals, meaning }) => item(signals.join(", "), meaning)),
    ".SH EXIT STATUS",
    ...exitStatusTable.flatMap(({ status, when }) => item(status, when)),
    ".SH FILES",
    ...settings.flatMap(fileItem),
    ".SH EXAMPLES",
    ...examples.flatMap(({ does, line }, index) => [
      ...(index ? [".PP"] : []),
      ...text(`${does}:`),
      ...verbatim([line]),
    ]),
    ".SH NOTES",
    ...notes.flatMap(text),
    ".SH SEE ALSO",
    ".BR nginx (8),",
    ".BR gunicorn (1)",
    ".PP",
    ...text("README.md and docs/ in tandem's source: recipes, JSON output, metrics, decisions."),
    "",
  ].join("\n");
}

const description = [
  "tandem is the entrypoint of a model-serving image.",
  "It links nginx's log files to stdout and stderr, starts gunicorn, and starts nginx as soon as the app answers.",
  "If either exits or a stop is requested, tandem stops both in an order that loses no request, and exits.",
  "It restarts nothing: its exit status says what happened, and the orchestrator decides what to do.",
];

const notes = [
  "Installed under the name serve, the executable takes the same commands: serve, serve status, serve stop.",
  "An image that also trains has no ENTRYPOINT: with tandem as /opt/program/serve and the image's own",
  "/opt/program/train, both on PATH, the arguments serve and train of a container run one or the other.",
];

const settings = settingsOf(commandOf("serve"));

function commandItem(name: CommandName): string[] {
  const { meaning, flags = [] } = commandOf(name);
  const own = flags.flatMap((flag) => [
    ...item(formatFlag(flag), flag.meaning),
    ...valuesText(flag.type),
  ]);
  return [...item(name, meaning), ...(own.length ? [".RS", ...own, ".RE"] : [])];
}

function optionsOf(group: typeof settingGroups[number]): string[] {
  return [
    `.SS ${group}`,
    ...settings.filter((setting) => setting.group === group).flatMap((setting) => {
      const names = variableNames(setting);
      return [
        ...item(formatFlag(setting), `${setting.meaning}.`),
        ...text(`Default: ${formatDefault(setting)}.`),
        ...valuesText(setting.type),
        ...text(`Variable${names.length > 1 ? "s" : ""}: ${names.join(", ")}.`),
      ];
    }),
  ];
}

function valuesText({ choices }: ValueType<unknown>): string[] {
  return choices ? text(`Values: ${choices.join(", ")}.`) : [];
}

/** An entry for a setting whose default is an absolute path; nothing for others. */
function fileItem(setting: Setting<unknown>): string[] {
  const [path] = /^\/[^\s,]+/.exec(formatDefault(setting)) ?? [];
  return setting.type.path && path ? item(path, `${setting.meaning} (--${setting.flag})`) : [];
}

/** Flags and names in bold, placeholders in italics. */
function item(term: string, meaning: string): string[] {
  const [, name = term, placeholder] = /^(--\S+) (\S+)$/.exec(term) ?? [];
  const shown = `\\fB${escaped(name)}\\fR${placeholder ? ` \\fI${escaped(placeholder)}\\fR` : ""}`;
  return [".TP", shown, ...text(meaning)];
}

function verbatim(lines: string[]): string[] {
  return [".RS 4", ".nf", ...lines.map(escaped), ".fi", ".RE"];
}

const WIDTH = 72;

function text(words: string): string[] {
  const lines: string[] = [];
  for (const word of words.split(" ")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last && escaped(longer).length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map(escaped);
}

/** `\-` prints a hyphen that can be pasted into a shell; `\&` keeps a leading dot or quote from being a request. */
function escaped(line: string): string {
  return line.replace(/\\/g, "\\e").replace(/-/g, "\\-").replace(/^[.']/, "\\&$&");
}

export async function writeManPage(path: string): Promise<void> {
  await Deno.writeTextFile(path, manPage(config.version, isoTime(await sourceTime()).slice(0, 10)));
}

if (import.meta.main) {
  Deno.chdir(join(import.meta.dirname ?? ".", ".."));
  await Deno.mkdir("dist", { recursive: true });
  await writeManPage("dist/tandem.1");
  console.error("man: dist/tandem.1");
}
