// deno-lint-ignore-file no-console -- a script talks to its user
// Writes the man page, from the tables that the help is made from.
//
//   deno task man   -> dist/tandem.1

import { join } from "node:path";
import config from "../deno.json" with { type: "json" };
import {
  type CommandName,
  commandNames,
  commandOf,
  generalFlags,
  settingsOf,
} from "../lib/cli/command_table.ts";
import { formatDefault, formatFlag, usageOf, variableNames } from "../lib/cli/help.ts";
import { type Setting, settingGroups } from "../lib/cli/settings.ts";
import { exitStatusTable } from "../lib/plan/exit_codes.ts";
import { signalTable } from "../lib/plan/signals.ts";
import { run } from "./denort.ts";

/** A unit test holds that tandem takes each of them. */
export const examples: readonly { does: string; line: string }[] = [
  {
    does: "Serve /opt/program the way the image's own serve script did",
    line: "tandem",
  },
  {
    does: "Four workers, each replaced after a thousand requests or so",
    line: "tandem serve --workers 4 -- --max-requests 1000 --max-requests-jitter 100",
  },
  {
    does: "See what would happen, without starting anything",
    line: "tandem check",
  },
  {
    does: "Serve on for ten seconds after a stop signal while the load balancer looks away",
    line: "tandem serve --drain-delay 10 --grace-period 30",
  },
  {
    does: "As a container's health check, in an image without curl",
    line: "tandem health",
  },
  {
    does: "Take a changed nginx.conf without losing a request",
    line: "tandem reload",
  },
];

/** In the language of man(7). @param date of the last change, YYYY-MM-DD */
export function manPage(version: string, date: string): string {
  return [
    `.TH TANDEM 1 "${date}" "tandem ${version}" "User Commands"`,
    // The names of variables are long, and not to be broken at the end of a line.
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
    "",
  ].join("\n");
}

const description = [
  "tandem is started as the entrypoint of a model-serving image.",
  "It links nginx's log files to its own output, starts gunicorn, and starts nginx the moment the app answers.",
  "It watches both, and when either ends or a stop is asked for, it shuts the pair down in an order that loses " +
  "no request.",
  "It restarts nothing: its exit status says what happened, and whoever started it decides.",
];

const settings = settingsOf(commandOf("serve"));

function commandItem(name: CommandName): string[] {
  const { meaning, flags = [] } = commandOf(name);
  const own = flags.flatMap((flag) => item(formatFlag(flag), flag.meaning));
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
        ...text(`Variable${names.length > 1 ? "s" : ""}: ${names.join(", ")}.`),
      ];
    }),
  ];
}

/** The path that is used when nobody names another. */
function fileItem(setting: Setting<unknown>): string[] {
  const [path] = /^\/[^\s,]+/.exec(formatDefault(setting)) ?? [];
  return setting.form.path && path ? item(path, `${setting.meaning} (--${setting.flag})`) : [];
}

/** Flags and names in bold, what stands for something else in italics. */
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
    if (last && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map(escaped);
}

/** A hyphen stays one that can be copied into a shell, and no line becomes a request. */
function escaped(line: string): string {
  return line.replace(/\\/g, "\\e").replace(/-/g, "\\-").replace(/^[.']/, "\\&$&");
}

/** The day of the last commit, so that the same sources give the same page; today outside of a repository. */
async function lastChange(): Promise<string> {
  const today = new Date().toISOString().slice(0, 10);
  return (await run(["git", "log", "-1", "--format=%cs"]).catch(() => "")).trim() || today;
}

export async function writeManPage(path: string): Promise<void> {
  await Deno.writeTextFile(path, manPage(config.version, await lastChange()));
}

if (import.meta.main) {
  Deno.chdir(join(import.meta.dirname ?? ".", ".."));
  await Deno.mkdir("dist", { recursive: true });
  await writeManPage("dist/tandem.1");
  console.error("man: dist/tandem.1");
}
