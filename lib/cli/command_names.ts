/** The commands, with the line that the help says of each. */
export const commandMeanings = {
  serve: "run nginx and gunicorn as one until either ends or a stop is asked for (the default)",
  demo: "serve a built-in app with the built-in nginx.conf from a private folder",
  config: "show each setting, its value and where it came from",
  "nginx-conf": "show the nginx.conf that serve would use",
  help: "show the help of a command",
} as const;

export type CommandName = keyof typeof commandMeanings;

export const commandNames = Object.keys(commandMeanings) as CommandName[];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(commandMeanings, word);
}
