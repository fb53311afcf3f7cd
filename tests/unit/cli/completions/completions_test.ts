import assert from "node:assert/strict";
import { buildCompletionModel } from "../../../../lib/cli/completions/model.ts";
import { commandNames, commandOf, settingsOf } from "../../../../lib/cli/command_table.ts";
import { completions } from "../../../../lib/cli/completions/completions.ts";
import { variableOf } from "../../../../lib/cli/settings.ts";
import { shells } from "../../../../lib/plan/settings.ts";

const { commands, flags, flagsWithValue } = buildCompletionModel();

Deno.test("completions: every flag of every command is known, and for those commands alone", () => {
  for (const name of commandNames) {
    const command = commandOf(name);
    const takes = [...command.flags ?? [], ...settingsOf(command)].map(({ flag }) => flag);
    const offered = flags.filter(({ commands }) => commands.includes(name)).map(({ flag }) => flag);
    assert.deepEqual(offered.sort(), [...takes, "help", "version"].sort(), name);
  }
});

Deno.test("completions: before there is a command, the flags are serve's and the words the commands", () => {
  for (const { commands } of flags) assert.equal(commands.includes(""), commands.includes("serve"));
  assert.deepEqual(commands[0], { ...commands[1], name: "", words: "commands" });
});

Deno.test("completions: no command has two flags of one name", () => {
  for (const { name } of commands) {
    const own = flags.filter(({ commands }) => commands.includes(name)).map(({ flag }) => flag);
    assert.equal(new Set(own).size, own.length, name);
  }
});

// bash goes by the flag alone.
Deno.test("completions: a flag takes one kind of value, whatever the command", () => {
  const kinds = new Map<string, unknown>();
  for (const { flag, value } of flags) {
    if (kinds.has(flag)) assert.deepEqual(value, kinds.get(flag), flag);
    kinds.set(flag, value);
  }
});

// They stand in patterns and lists without quotes.
Deno.test("completions: names and choices are words that no shell reads otherwise", () => {
  const plain = /^[a-z][a-z0-9-]*$/;
  for (const { name, words } of commands.slice(1)) {
    assert.match(name, plain);
    if (words !== "commands") { for (const word of words) assert.match(word, plain); }
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
    for (const { name } of commands) assert.ok(script.includes(name), name);
    for (const { flag, value } of flags) {
      assert.ok(script.includes(shell === "fish" ? `-l ${flag} ` : `--${flag}`), flag);
      if (value?.kind === "choices") assert.ok(script.includes(value.choices.join(" ")), flag);
    }
  });

  Deno.test(`completions: the file for ${shell} can stand as it is printed`, () => {
    const script = completions(shell);
    assert.match(script.split("\n")[0]!, shell === "zsh" ? /^#compdef tandem$/ : /^# /);
    assert.ok(script.endsWith("\n") && !script.endsWith("\n\n"));
    assert.doesNotMatch(script, /[^\n\x20-\x7e]/, "plain ASCII");
    assert.doesNotMatch(script, /undefined|\[object/);
    assert.doesNotMatch(script, /\beval\b/);
    assert.doesNotMatch(script, /[ \t]$/m);
    assert.equal(script, completions(shell));
  });

  Deno.test(`completions: ${shell}'s quotes are closed on the line they open`, () => {
    for (
      const line of completions(shell).split("\n").filter((line) => /^\s*('|complete )/.test(line))
    ) {
      assert.equal(unquoted(line, shell), true, line);
    }
  });
}

/** Whether the line ends outside of quotes, by the rules of the shell. */
function unquoted(line: string, shell: string): boolean {
  const quoted = shell === "fish" ? /'(?:\\.|[^'\\])*'/g : /'[^']*'|\\'/g;
  return !line.replace(quoted, "").includes("'");
}

Deno.test("completions: the variables stay in the help", () => {
  for (const shell of shells) assert.ok(!completions(shell).includes(variableOf("workers")));
});
