import assert from "node:assert/strict";
import { commandMeanings, type CommandName, commandNames } from "../../../lib/cli/command_names.ts";
import { defaultInWords, helpText, variableNames } from "../../../lib/cli/help.ts";
import { type Setting, settingsTable } from "../../../lib/cli/settings.ts";
import { exitStatusTable } from "../../../lib/plan/exit_codes.ts";
import { signalTable } from "../../../lib/plan/signals.ts";

const settings = Object.values(settingsTable) as Setting<unknown>[];
const topics: (CommandName | undefined)[] = [undefined, ...commandNames];

/** The help in one line, so that a wrapped text can be found in it. */
const flat = (topic: CommandName | undefined) => helpText(topic).replace(/\s+/g, " ");

for (const topic of topics) {
  Deno.test(`help: ${topic ?? "the overview"} fits a terminal of 80 columns`, () => {
    const lines = helpText(topic).split("\n");
    assert.ok(lines.length > 2);
    for (const line of lines) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
    for (const line of lines) assert.equal(line, line.trimEnd());
    assert.equal(lines.at(-1), "", "the last line ends");
    assert.ok(helpText(topic).startsWith(topic ? "Usage: tandem" : "tandem runs"));
  });
}

for (const topic of topics.filter((topic) => topic !== "help")) {
  Deno.test(`help: ${topic ?? "the overview"} has every flag, variable, default and meaning`, () => {
    const text = flat(topic);
    for (const setting of settings) {
      const { flag, placeholder, meaning } = setting;
      const name = placeholder ? `--${flag} ${placeholder}` : `--${flag}`;
      const notes = `[${defaultInWords(setting)}; ${variableNames(setting).join(", ")}]`;
      assert.ok(text.includes(` ${name} ${meaning} ${notes}`), `${name} ${meaning} ${notes}`);
    }
    assert.match(text, / -h, --help .* -V, --version /);
  });
}

Deno.test("help: the overview has every command, signal and exit status", () => {
  const text = flat(undefined);
  for (const [name, meaning] of Object.entries(commandMeanings)) {
    assert.ok(text.includes(` ${name} ${meaning}`), name);
  }
  for (const { signals, meaning } of signalTable) {
    assert.ok(text.includes(` ${signals.join(", ")} ${meaning}`), signals.join());
  }
  for (const { status, when } of exitStatusTable) {
    assert.ok(text.includes(` ${status} ${when}`), status);
  }
});

Deno.test("help: the first line says how a command is called", () => {
  const usage = (name: CommandName) => helpText(name).split("\n")[0];
  assert.equal(usage("serve"), "Usage: tandem [serve] [options] [-- gunicorn arguments]");
  assert.equal(usage("help"), "Usage: tandem help [COMMAND]");
  assert.equal(usage("config"), "Usage: tandem config [options]");
});

Deno.test("help: a command's help says what it does", () => {
  for (const name of commandNames) {
    assert.ok(flat(name).toLowerCase().includes(commandMeanings[name].toLowerCase()), name);
  }
});

Deno.test("help: defaults are the machine's in words, others as they are typed", () => {
  const inWords = (setting: unknown) => defaultInWords(setting as Setting<unknown>);
  assert.equal(inWords(settingsTable.workers), "CPUs this process may use");
  assert.equal(inWords(settingsTable.port), "8080");
  assert.equal(inWords(settingsTable.noLogLinks), "off");
});

Deno.test("help: a default without words of its own does not ask the machine", () => {
  for (const setting of settings) {
    assert.doesNotMatch(defaultInWords(setting), /undefined|null|object/);
  }
});
