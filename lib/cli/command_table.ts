/** The one table of commands: what each does, the flags that are its own, the settings it uses, the word it takes. */

import { type CommandOptions, type Settings, shells } from "../plan/settings.ts";
import * as forms from "./value_types.ts";
import type { ValueType } from "./value_types.ts";
import { type Setting, settingsTable } from "./settings.ts";

export interface CommandFlag {
  readonly flag: string;
  readonly option: keyof CommandOptions;
  /** A switch has none and takes no value. */
  readonly placeholder?: string;
  readonly form: ValueType<unknown>;
  readonly meaning: string;
}

export interface Command {
  readonly meaning: string;
  readonly flags?: readonly CommandFlag[];
  /** Those that change what it does; it takes the others too, so that one set of flags fits all commands. */
  readonly settings: "all" | readonly (keyof Settings)[];
  /** The word behind the command's name; without an option it may be left out. */
  readonly word?: {
    readonly option?: keyof CommandOptions;
    readonly name: string;
    readonly form: ValueType<unknown>;
  };
  /** Whether gunicorn's arguments may stand behind `--`. */
  readonly takesGunicornArguments?: boolean;
}

/** What every command takes. */
export const generalFlags = [
  { flag: "help", short: "h", meaning: "show the help, also of a command" },
  { flag: "version", short: "V", meaning: "show version, edition, runtime and commit" },
] as const;

const topics: ValueType<string> = {
  expected: "a command",
  parse: (text) => isCommandName(text) ? text : undefined,
  get choices(): readonly string[] {
    return commandNames;
  },
};

const json: CommandFlag = {
  flag: "json",
  option: "json",
  form: forms.onOff,
  meaning: "one JSON object instead of text",
};

export const commandTable = {
  serve: {
    meaning: "run nginx and gunicorn as one until either ends or a stop is asked for (the default)",
    settings: "all",
    takesGunicornArguments: true,
  },
  demo: {
    meaning: "serve a built-in app with the built-in nginx.conf from a private folder",
    settings: "all",
    takesGunicornArguments: true,
  },
  check: {
    meaning: "look for whatever would keep serve from serving, and show the exact plan",
    settings: "all",
    takesGunicornArguments: true,
    flags: [
      json,
      { flag: "strict", option: "strict", form: forms.onOff, meaning: "warnings fail too" },
      {
        flag: "import-app",
        option: "importApp",
        form: forms.onOff,
        meaning: "import the app as a worker would, which runs its code, and measure its memory",
      },
    ],
  },
  config: {
    meaning: "show each setting, its value and where it came from",
    settings: "all",
    takesGunicornArguments: true,
    flags: [json],
  },
  "nginx-conf": { meaning: "show the nginx.conf that serve would use", settings: "all" },
  health: {
    meaning: "ask the running server for its ready path: exit 0 healthy, 1 not",
    settings: ["port", "readyPath", "stateDir"],
    flags: [
      json,
      {
        flag: "url",
        option: "url",
        placeholder: "URL",
        form: forms.localUrl,
        meaning: "ask there instead",
      },
    ],
  },
  status: {
    meaning: "show the running pair: phase, processes, memory, CPU, times",
    settings: ["stateDir"],
    flags: [
      json,
      {
        flag: "watch",
        option: "watch",
        form: forms.onOff,
        meaning: "show it anew every second until Ctrl-C",
      },
      {
        flag: "timeline",
        option: "timeline",
        form: forms.onOff,
        meaning: "draw the steps of the start as bars",
      },
      {
        flag: "svg",
        option: "svg",
        placeholder: "FILE",
        form: forms.pathTo("file"),
        meaning: "write the steps of the start as a picture",
      },
    ],
  },
  reload: {
    meaning: "have the running pair take a new nginx.conf and fresh workers, and wait for it",
    settings: ["stateDir"],
  },
  stop: {
    meaning: "stop the running pair and wait until it is gone",
    settings: ["stateDir"],
    flags: [
      {
        flag: "timeout",
        option: "timeout",
        placeholder: "S",
        form: forms.seconds(1),
        meaning: "seconds to wait; the default is the pair's grace period and 5 s more",
      },
    ],
  },
  completions: {
    meaning: "print shell completions",
    settings: [],
    word: { option: "shell", name: "bash|zsh|fish", form: forms.oneOf(shells) },
  },
  help: {
    meaning: "show the help of a command",
    settings: [],
    word: { name: "COMMAND", form: topics },
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commandTable;

export const commandNames = Object.keys(commandTable) as CommandName[];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(commandTable, word);
}

export function commandOf(name: CommandName): Command {
  return commandTable[name];
}

export function settingsOf({ settings }: Command): Setting<unknown>[] {
  const keys = settings === "all" ? Object.keys(settingsTable) as (keyof Settings)[] : settings;
  return keys.map((key) => settingsTable[key] as Setting<unknown>);
}
