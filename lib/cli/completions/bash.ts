/** The completion script for bash 3.2 or newer; file names with spaces need bash 4. */

import { byCommands, type CompletionModel } from "./model.ts";

export function bashCompletions({ commands, flags, flagsWithValue }: CompletionModel): string {
  return `# bash completion for tandem, printed by: tandem completions bash

_tandem() {
  local IFS=$' \\t\\n' cur=\${COMP_WORDS[COMP_CWORD]}
  local command='' operand='' pending='' prefix='' kind=words words='' flags='' last='' word='' i
  COMPREPLY=()

  for ((i = 1; i < COMP_CWORD; i++)); do
    last=$word
    word=\${COMP_WORDS[i]}
    # readline splits --flag=value and module:callable into three words each.
    if [[ $word == =* ]]; then
      pending=$last
    elif [[ $word == :* ]]; then
      pending=$word
    elif [[ $pending && ($word != -* || $last == [=:]*) ]]; then
      pending=''
    else
      pending=''
      case $word in
        --) return ;;
        ${either(flagsWithValue)}) pending=$word ;;
        -*) ;;
        *) if [[ $command ]]; then operand=$word; else command=$word; fi ;;
      esac
    fi
  done

  case $cur in
    =*) pending=$word cur='' ;;
    :*) return ;;
    --*=*) pending=\${cur%%=*} prefix=\${cur%%=*}= cur=\${cur#*=} ;;
  esac
  if [[ $pending ]]; then
    case $pending in
${valueCases(flags).map((line) => `      ${line}`).join("\n")}
    esac
  else
    if [[ ! $operand ]]; then
      case $command in
${wordCases(commands).map((line) => `        ${line}`).join("\n")}
      esac
    fi
${flagCases(flags).map((line) => `    ${line}`).join("\n")}
    if [[ $cur == -* || ! $words ]]; then words=$flags; fi
  fi

  if [[ $kind != words ]]; then
    # readline quotes the completed name again if it must.
    case $cur in
      [\\"\\']*) cur=\${cur:1} ;;
      *) cur=\${cur//\\\\/} ;;
    esac
    compopt -o filenames 2>/dev/null
  fi
  while IFS= read -r word; do
    COMPREPLY+=("$prefix$word")
  done < <(
    case $kind in
      words) compgen -W "$words" -- "$cur" ;;
      *) compgen -A "$kind" -- "$cur" ;;
    esac
  )
}

complete -F _tandem tandem
`;
}

/** A flag takes the same values in every command; a unit test holds that. */
function valueCases(flags: CompletionModel["flags"]): string[] {
  const flagsBySetting = new Map<string, Set<string>>();
  for (const { flag, value } of flags) {
    if (!value || value.kind === "anything") continue;
    const setting = value.kind === "choices"
      ? `words=${quoted(value.choices.join(" "))}`
      : `kind='${value.kind}'`;
    flagsBySetting.set(setting, (flagsBySetting.get(setting) ?? new Set()).add(`--${flag}`));
  }
  return [...flagsBySetting].map(([setting, flags]) => `${either([...flags])}) ${setting} ;;`);
}

function wordCases(commands: CompletionModel["commands"]): string[] {
  return commands.filter(({ words }) => words.length).map(({ name, words }) => {
    return `${either([name])}) words=${quoted(words.map(({ word }) => word).join(" "))} ;;`;
  });
}

function flagCases(flags: CompletionModel["flags"]): string[] {
  return byCommands(flags).flatMap((group) => {
    const typed = group.flatMap(({ flag, short }) =>
      short ? [`-${short}`, `--${flag}`] : [`--${flag}`]
    );
    return [
      "case $command in",
      `  ${either(group[0]!.commands)}) flags+=${quoted(` ${typed.join(" ")}`)} ;;`,
      "esac",
    ];
  });
}

function either(words: readonly string[]): string {
  return words.map((word) => word || "''").join(" | ");
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
