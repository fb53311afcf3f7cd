/** The completion script for zsh; it works as a file `_tandem` in `fpath`, and when sourced. */

import {
  byCommands,
  type CompletionCommand,
  type CompletionFlag,
  type CompletionModel,
  type CompletionValue,
} from "./model.ts";

export function zshCompletions({ commands, flags, flagsWithValue }: CompletionModel): string {
  return `#compdef tandem
# zsh completion for tandem, printed by: tandem completions zsh

_tandem() {
  local word command='' pending=''
  local -a specs

  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $pending && $word != -* ]]; then
      pending=''
      continue
    fi
    pending=''
    case $word in
      (--)
        _message 'gunicorn arguments'
        return 1
        ;;
      (${flagsWithValue.join("|")}) pending=$word ;;
      (-*) ;;
      (*) [[ -n $command ]] || command=$word ;;
    esac
  done

  case $command in
${wordCases(commands).map((line) => `    ${line}`).join("\n")}
    (*) specs=('1: : ') ;;
  esac
${flagCases(flags).map((line) => `  ${line}`).join("\n")}
  _arguments -s -S $specs
}

${commands.filter(({ words }) => hasMeanings(words)).map(describeFunction).join("\n")}
if [[ $funcstack[1] == _tandem ]]; then
  _tandem "$@"
else
  compdef _tandem tandem
fi
`;
}

function wordCases(commands: CompletionModel["commands"]): string[] {
  return commands.filter(({ words }) => words.length).map(({ name, words }) => {
    const action = hasMeanings(words)
      ? functionOf(name)
      : `(${words.map(({ word }) => word).join(" ")})`;
    const specs = name ? ["1: : ", `2:${name}:${action}`] : [`1:command:${action}`];
    return `(${name || "''"}) specs=(${specs.map(quoted).join(" ")}) ;;`;
  });
}

function flagCases(flags: CompletionModel["flags"]): string[] {
  return byCommands(flags).flatMap((group) => [
    "case $command in",
    `  (${group[0]!.commands.map((name) => name || "''").join("|")})`,
    "    specs+=(",
    ...group.flatMap(flagSpecs).map((spec) => `      ${quoted(spec)}`),
    "    )",
    "    ;;",
    "esac",
  ]);
}

function hasMeanings(words: CompletionCommand["words"]): boolean {
  return words.some(({ meaning }) => meaning !== undefined);
}

function functionOf(name: string): string {
  return name ? `_tandem_${name}_words` : "_tandem_commands";
}

/** Offers the words with their meanings. */
function describeFunction({ name, words }: CompletionCommand): string {
  return `${functionOf(name)}() {
  local -a words_of=(
${words.map(({ word, meaning }) => `    ${quoted(`${word}:${meaning}`)}`).join("\n")}
  )
  _describe -t commands 'tandem ${name || "command"}' words_of
}
`;
}

function flagSpecs({ flag, short, placeholder, meaning, value }: CompletionFlag): string[] {
  const about = `[${escaped(meaning)}]`;
  if (value) return [`--${flag}=${about}:${escaped(placeholder!)}:${action(value)}`];
  // Nothing else is completed after --help or --version.
  return short ? [`(- : *)-${short}${about}`, `(- : *)--${flag}${about}`] : [`--${flag}${about}`];
}

function action(value: CompletionValue): string {
  switch (value.kind) {
    case "choices":
      return `(${value.choices.join(" ")})`;
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "anything":
      return " ";
  }
}

/** Escapes a part of a spec of `_arguments`. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
