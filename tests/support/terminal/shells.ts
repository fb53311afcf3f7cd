/** Asks bash, zsh and fish for their completions of a command line. */

import assert from "node:assert/strict";
import { baseEnvironment } from "../environment.ts";

export interface Asked {
  /** The completion script. */
  script: string;
  /** The working directory of the shell; the scripts are written to it. */
  folder: string;
}

/** @returns the completions at the end of the line, as plain words */
export type Shell = (line: string, asked: Asked) => Promise<string[]>;

const LONGEST_MS = 20_000;

export const shells: Record<"bash" | "zsh" | "fish", Shell> = {
  async bash(line, { script, folder }) {
    // readline also breaks words at = and :.
    const words: string[] = [...line.match(/[=:]+|[^\s=:]+/g) ?? []];
    if (/\s$/.test(line)) words.push("");
    const source = await written(script, `${folder}/.completions.bash`);
    return await linesOf(["bash", "--norc", "--noprofile", "-uc", BASH, source, ...words], folder);
  },

  async zsh(line, { script, folder }) {
    const source = await written(script, `${folder}/.completions.zsh`);
    const inner = await written(ZSH_INNER, `${folder}/.inner.zsh`);
    const answers = await written("", `${folder}/.answers`);
    await linesOf(["zsh", "-f", "-c", ZSH_OUTER, "zsh", line], folder, {
      SOURCE: source,
      INNER: inner,
      ANSWERS: answers,
    });
    const lines = (await Deno.readTextFile(answers)).split("\n").filter(Boolean);
    assert.equal(lines.pop(), "END", `zsh did not finish: ${line}`);
    return [...new Set(lines.map((line) => line.replace(/\\(.)/g, "$1")))];
  },

  async fish(line, { script, folder }) {
    const source = await written(script, `${folder}/.completions.fish`);
    const ask = "source $argv[1]; complete -C $argv[2]";
    const lines = await linesOf(["fish", "--no-config", "-c", ask, source, line], folder);
    return lines.map((line) =>
      line.replace(/\t.*/, "").replace(/^--[^=]*=/, "").replace(/\/$/, "")
    );
  },
};

const BASH = `
source "$0"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p tandem | sed 's/.*-F \\([^ ]*\\) .*/\\1/') >&2
for word in \${COMPREPLY[@]+"\${COMPREPLY[@]}"}; do printf '%s\\n' "$word"; done
`;

/** zsh completes only in its line editor, which needs a terminal. */
const ZSH_OUTER = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'source $INNER'
zpty -w -n shell "$1"$'\\t'
while zpty -r shell line; do :; done
`;

/** Records every match that completion functions pass to the line editor. */
const ZSH_INNER = `
autoload -U compinit
compinit -u -d $PWD/.compdump
source $SOURCE
bindkey '^I' complete-word
finish() { print -r -- END >>$ANSWERS; exit }
comppostfuncs=(finish)
compadd() {
  # With -O, -A or -D it only filters.
  if [[ " \${(j: :)@[1,(i)(-|--)]} " == *\\ -[OAD]\\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a matches
  builtin compadd -A matches "$@"
  (( $#matches )) && print -rl -- $matches >>$ANSWERS
  builtin compadd "$@"
}
`;

async function written(text: string, path: string): Promise<string> {
  await Deno.writeTextFile(path, text);
  return path;
}

/** Runs a command, and returns the lines of its stdout. @throws if it writes to stderr */
export async function linesOf(
  [command = "", ...args]: string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    clearEnv: true,
    env: { ...baseEnvironment(), HOME: cwd, TERM: "dumb", ...env },
    stdin: "null",
    signal: AbortSignal.timeout(LONGEST_MS),
  }).output();
  const complaints = new TextDecoder().decode(stderr);
  assert.equal(complaints, "", `${command} complains`);
  assert.ok(code === 0 || command === "zsh", `${command} ends with ${code}`);
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
}
