/** The one table of commands: what each does, its own flags, the settings it uses, and its operand. */

import { plannedPlatforms } from "../plan/platforms.ts";
import { type CommandOptions, type Settings, shells, statusFormats } from "../plan/settings.ts";
import { settingsTable } from "./settings.ts";
import type { Setting } from "./settings/setting.ts";
import * as types from "./value_types.ts";
import type { ValueType } from "./value_types.ts";

export interface CommandFlag {
  readonly flag: string;
  readonly option: keyof CommandOptions;
  /** Stands for the value in the help; `undefined` for a switch, which takes no value. */
  readonly placeholder?: string;
  readonly type: ValueType<unknown>;
  readonly meaning: string;
  readonly isRequired?: boolean;
}

export interface Command {
  readonly meaning: string;
  readonly flags?: readonly CommandFlag[];
  /** The settings that the command uses. It accepts all others too, so that one set of flags fits every command. */
  readonly settings: "all" | readonly (keyof Settings)[];
  /** The word after the command's name; optional if it sets no option. */
  readonly operand?: {
    readonly option?: keyof CommandOptions;
    readonly name: string;
    readonly type: ValueType<unknown>;
  };
  /** Whether arguments for gunicorn may follow `--`. */
  readonly takesGunicornArguments?: boolean;
}

/** The flags of every command. */
export const generalFlags = [
  { flag: "help", short: "h", meaning: "show help" },
  { flag: "version", short: "V", meaning: "show version, edition, runtime and commit" },
] as const;

/** What `help` explains beside the commands. */
export const helpTopics = {
  "exit-status": "what each exit status says",
  signals: "what tandem does for each signal",
} as const;

const topic: ValueType<string> = {
  expected: "a command or a topic",
  parse: (text) => isHelpTopic(text) ? text : undefined,
  get choices(): readonly string[] {
    return [...commandNames, ...Object.keys(helpTopics)];
  },
};

const json = toggle("json", "json", "print JSON instead of text");

function toggle(flag: string, option: keyof CommandOptions, meaning: string): CommandFlag {
  return { flag, option, type: types.onOff, meaning };
}

export const commandTable = {
  serve: {
    meaning: "run nginx and gunicorn until either exits or a stop is requested",
    settings: "all",
    takesGunicornArguments: true,
  },
  demo: {
    meaning: "serve a built-in app from a temporary directory",
    settings: "all",
    takesGunicornArguments: true,
  },
  check: {
    meaning: "check what serve needs and print its plan, without serving",
    settings: "all",
    takesGunicornArguments: true,
    flags: [
      json,
      toggle("strict", "strict", "treat warnings as failures"),
      toggle("quiet", "quiet", "print only warnings and failures; nothing if there are none"),
      toggle(
        "import-app",
        "importApp",
        "import the app as a worker would, which runs its code, and measure its memory",
      ),
      toggle(
        "fix-conf",
        "fixConf",
        "print only the changes that fix nginx.conf, as a diff for `patch -p0 -d /`; " +
          "with --json, add them to the report",
      ),
    ],
  },
  config: {
    meaning: "show each setting, its value and where it comes from",
    settings: "all",
    takesGunicornArguments: true,
    flags: [json],
  },
  "nginx-conf": {
    meaning: "print the nginx.conf that serve would use",
    settings: [
      ...["nginxConf", "port", "socket", "readyPath", "maxBody", "proxyReadTimeout"] as const,
      ...["trustProxy", "streaming", "upstreamKeepAlive"] as const,
      ...["accessLog", "logProbes", "logDir", "noLogLinks", "stateDir"] as const,
    ],
  },
  plan: {
    meaning: "print the time-outs and probes that a platform needs",
    settings: "all",
    flags: [
      {
        flag: "for",
        option: "platform",
        placeholder: "PLATFORM",
        type: types.oneOf(plannedPlatforms),
        meaning: `print the numbers of one of ${plannedPlatforms.join(", ")}; required`,
        isRequired: true,
      },
      json,
    ],
  },
  "link-logs": {
    meaning: "link nginx's logs to stdout and stderr in an image",
    settings: ["logDir"],
  },
  health: {
    meaning: "request the ready path; exit 0 if healthy, 1 if not",
    settings: ["port", "readyPath", "stateDir"],
    flags: [
      json,
      {
        flag: "url",
        option: "url",
        placeholder: "URL",
        type: types.localUrl,
        meaning: "request URL instead",
      },
      {
        flag: "timeout",
        option: "timeout",
        placeholder: "S",
        type: types.seconds(1),
        meaning: "wait for the answer for S seconds instead of 5",
      },
      toggle("ready", "ready", "exit 1 also if no running tandem says that it serves"),
    ],
  },
  status: {
    meaning: "show the running instance: phase, processes, memory, events",
    settings: ["stateDir"],
    flags: [
      {
        flag: "format",
        option: "format",
        placeholder: "F",
        type: types.oneOf(statusFormats),
        meaning: "print text, json, or metrics in the text format of Prometheus",
      },
      { ...json, meaning: "the same as --format json" },
      toggle("watch", "watch", "refresh every second until Ctrl-C"),
      toggle("timeline", "timeline", "show the timeline as a bar chart"),
      {
        flag: "svg",
        option: "svg",
        placeholder: "FILE",
        type: types.pathTo("file"),
        meaning: "write the timeline as an SVG image to FILE",
      },
    ],
  },
  reload: {
    meaning: "reload nginx.conf, replace all workers and wait until it is done",
    settings: ["stateDir"],
    flags: [
      toggle(
        "import-app",
        "importApp",
        "import the app first, which runs its code, and refuse the reload if that fails",
      ),
    ],
  },
  stop: {
    meaning: "stop the running instance and wait until it has exited",
    settings: ["stateDir"],
    flags: [
      {
        flag: "timeout",
        option: "timeout",
        placeholder: "S",
        type: types.seconds(1),
        meaning: "give up after S seconds; the default is the instance's grace period plus 5 s",
      },
    ],
  },
  version: { meaning: generalFlags[1].meaning, settings: [], flags: [json] },
  completions: {
    meaning: "print a completion script for the shell",
    settings: [],
    operand: { option: "shell", name: "bash|zsh|fish", type: types.oneOf(shells) },
  },
  help: {
    meaning: "show the help of a command or topic",
    settings: [],
    flags: [
      toggle(
        "all",
        "all",
        "show every setting with its variables, the signals and the exit status",
      ),
    ],
    operand: { name: "COMMAND|TOPIC", type: topic },
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commandTable;
export type HelpTopic = CommandName | keyof typeof helpTopics;

export const commandNames = Object.keys(commandTable) as CommandName[];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(commandTable, word);
}

export function isHelpTopic(word: string): word is HelpTopic {
  return isCommandName(word) || Object.hasOwn(helpTopics, word);
}

export function commandOf(name: CommandName): Command {
  return commandTable[name];
}

export function settingsOf({ settings }: Command): Setting<unknown>[] {
  const keys = settings === "all" ? Object.keys(settingsTable) as (keyof Settings)[] : settings;
  return keys.map((key) => settingsTable[key] as Setting<unknown>);
}
