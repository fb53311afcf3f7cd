/** The one table of commands: what each does, the flags that are its own, and the word it takes. */

import { type CommandOptions, shells } from "../plan/settings.ts";
import * as forms from "./forms.ts";
import type { Form } from "./forms.ts";

export interface CommandFlag {
  readonly flag: string;
  readonly option: keyof CommandOptions;
  /** A switch has none and takes no value. */
  readonly placeholder?: string;
  readonly form: Form<unknown>;
  readonly meaning: string;
}

export interface Command {
  readonly meaning: string;
  readonly flags?: readonly CommandFlag[];
  /** The word behind the command's name, where there has to be one. */
  readonly word?: {
    readonly option: keyof CommandOptions;
    readonly name: string;
    readonly form: Form<unknown>;
  };
  /** Whether gunicorn's arguments may stand behind `--`. */
  readonly takesGunicornArguments?: boolean;
}

const json: CommandFlag = {
  flag: "json",
  option: "json",
  form: forms.onOff,
  meaning: "one JSON object instead of text",
};

export const commandTable = {
  serve: {
    meaning: "run nginx and gunicorn as one until either ends or a stop is asked for (the default)",
    takesGunicornArguments: true,
  },
  demo: {
    meaning: "serve a built-in app with the built-in nginx.conf from a private folder",
    takesGunicornArguments: true,
  },
  check: {
    meaning: "look for whatever would keep serve from serving, and show the exact plan",
    takesGunicornArguments: true,
    flags: [
      json,
      { flag: "strict", option: "strict", form: forms.onOff, meaning: "warnings fail too" },
    ],
  },
  config: { meaning: "show each setting, its value and where it came from", flags: [json] },
  "nginx-conf": { meaning: "show the nginx.conf that serve would use" },
  health: {
    meaning: "ask the running server for its ready path: exit 0 healthy, 1 not",
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
  },
  stop: {
    meaning: "stop the running pair and wait until it is gone",
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
    word: { option: "shell", name: "bash|zsh|fish", form: forms.oneOf(shells) },
  },
  help: { meaning: "show the help of a command" },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commandTable;

export const commandNames = Object.keys(commandTable) as CommandName[];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(commandTable, word);
}

export function commandOf(name: CommandName): Command {
  return commandTable[name];
}
