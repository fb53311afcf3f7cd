/** The completion script for fish 3.0 or newer. */

import type { CompletionModel, SharedFlag } from "./model.ts";

export function fishCompletions({ commands, flags, flagsWithValue }: CompletionModel): string {
  return `# fish completion for tandem, printed by: tandem completions fish

# Prints the words before the cursor, the command first, without flags and their values; fails after --.
function __tandem_words
    set -l tokens (commandline -opc)
    set -l pending no
    for token in $tokens[2..-1]
        if test $pending = yes; and not string match -q -- '-*' "$token"
            set pending no
            continue
        end
        set pending no
        switch "$token"
            case '--'
                return 1
            case ${flagsWithValue.join(" ")}
                set pending yes
            case '-*'
            case '*'
                printf '%s\\n' "$token"
        end
    end
end

# Succeeds if the command is one of the arguments; '' means that no command was typed yet.
function __tandem_in
    set -l words (__tandem_words)
    or return 1
    contains -- "$words[1]" $argv
end

# Succeeds if the words typed so far are exactly the arguments.
function __tandem_after
    set -l words (__tandem_words)
    or return 1
    test "$words" = "$argv"
end

complete -c tandem -f
${[...wordLines(commands), ...flags.map(flagLine)].join("\n")}
`;
}

function wordLines(commands: CompletionModel["commands"]): string[] {
  return commands.flatMap(({ name, words }) => {
    const condition = ["__tandem_after", ...(name ? [name] : [])].join(" ");
    return words.map(({ word, meaning }) =>
      `complete -c tandem -n ${quoted(condition)} -a ${quoted(word)}` +
      (meaning ? ` -d ${quoted(meaning)}` : "")
    );
  });
}

function flagLine({ commands, flag, short, meaning, value }: SharedFlag): string {
  const condition = ["__tandem_in", ...commands.map((name) => name || '""')].join(" ");
  return [
    `complete -c tandem -n ${quoted(condition)}`,
    ...(short ? [`-s ${short}`] : []),
    `-l ${flag}`,
    ...valueOptions(value),
    `-d ${quoted(meaning)}`,
  ].join(" ");
}

function valueOptions(value: SharedFlag["value"]): string[] {
  switch (value?.kind) {
    case undefined:
      return [];
    case "choices":
      return [`-x -a ${quoted(value.choices.join(" "))}`];
    case "file":
      return ["-r -F"];
    case "directory":
      return ["-x -a '(__fish_complete_directories)'"];
    case "anything":
      return ["-x"];
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
