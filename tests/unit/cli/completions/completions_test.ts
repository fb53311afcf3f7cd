import assert from "node:assert/strict";
import { buildCompletionModel } from "../../../../lib/cli/completions/model.ts";
import { commandNames, commandOf, settingsOf } from "../../../../lib/cli/command_table.ts";
import { completions } from "../../../../lib/cli/completions/completions.ts";
import { variableOf } from "../../../../lib/cli/settings/setting.ts";
import { shells } from "../../../../lib/plan/settings.ts";

const { commands, flags, flagsWithValue } = buildCompletionModel();

Deno.test("completions: each command has exactly its own flags", () => {
  for (const name of commandNames) {
    const command = commandOf(name);
    const takes = [...command.flags ?? [], ...settingsOf(command)].map(({ flag }) => flag);
    const offered = flags.filter(({ commands }) => commands.includes(name)).map(({ flag }) => flag);
    assert.deepEqual(offered.sort(), [...takes, "help", "version"].sort(), name);
  }
});

Deno.test("completions: without a command, the flags are those of serve and the words are the commands", () => {
  const commandWords = commandNames.map((name) => ({
    word: name,
    meaning: commandOf(name).meaning,
  }));
  for (const { commands } of flags) assert.equal(commands.includes(""), commands.includes("serve"));
  assert.deepEqual(commands[0], { ...commands[1], name: "", words: commandWords });
});

Deno.test("completions: no command has two flags with the same name", () => {
  for (const { name } of commands) {
    const own = flags.filter(({ commands }) => commands.includes(name)).map(({ flag }) => flag);
    assert.equal(new Set(own).size, own.length, name);
  }
});

// The bash script does not tell the commands apart when it completes a value.
Deno.test("completions: a flag takes the same values in every command", () => {
  const kinds = new Map<string, unknown>();
  for (const { flag, value } of flags) {
    if (kinds.has(flag)) assert.deepEqual(value, kinds.get(flag), flag);
    kinds.set(flag, value);
  }
});

// The scripts use them unquoted in patterns and lists.
Deno.test("completions: names and choices have no character that is special in a shell", () => {
  const plain = /^[a-z][a-z0-9-]*$/;
  for (const { name, words } of commands.slice(1)) {
    assert.match(name, plain);
    for (const { word } of words) assert.match(word, plain);
  }
  for (const { flag, short, value } of flags) {
    assert.match(flag, plain);
    assert.match(short ?? "x", /^[a-zA-Z]$/);
    if (value?.kind === "choices") {
      for (const choice of value.choices) assert.match(choice, plain);
    }
  }
  for (const flag of flagsWithValue) assert.match(flag, /^--/);
});

for (const shell of shells) {
  Deno.test(`completions: ${shell} has every command, flag and choice`, () => {
    const script = completions(shell);
    for (const { name, words } of commands) {
      assert.ok(script.includes(name), name);
      for (const { word } of words) assert.ok(script.includes(word), word);
    }
    for (const { flag, value } of flags) {
      assert.ok(script.includes(shell === "fish" ? `-l ${flag} ` : `--${flag}`), flag);
      if (value?.kind === "choices") assert.ok(script.includes(value.choices.join(" ")), flag);
    }
  });

  Deno.test(`completions: the script for ${shell} is plain ASCII, ends with a newline and uses no eval`, () => {
    const script = completions(shell);
    assert.match(script.split("\n")[0]!, shell === "zsh" ? /^#compdef tandem$/ : /^# /);
    assert.ok(script.endsWith("\n") && !script.endsWith("\n\n"));
    assert.doesNotMatch(script, /[^\n\x20-\x7e]/, "plain ASCII");
    assert.doesNotMatch(script, /undefined|\[object/);
    assert.doesNotMatch(script, /\beval\b/);
    assert.doesNotMatch(script, /[ \t]$/m);
    assert.equal(script, completions(shell));
  });

  Deno.test(`completions: the ${shell} script closes every quote on its line`, () => {
    for (
      const line of completions(shell).split("\n").filter((line) => /^\s*('|complete )/.test(line))
    ) {
      assert.equal(unquoted(line, shell), true, line);
    }
  });
}

/** Whether the line ends outside quotes, by the rules of the shell. */
function unquoted(line: string, shell: string): boolean {
  const quoted = shell === "fish" ? /'(?:\\.|[^'\\])*'/g : /'[^']*'|\\'/g;
  return !line.replace(quoted, "").includes("'");
}

Deno.test("completions: variables are not completed", () => {
  for (const shell of shells) assert.ok(!completions(shell).includes(variableOf("workers")));
});
