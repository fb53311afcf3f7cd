import assert from "node:assert/strict";
import {
  type CommandName,
  commandNames,
  commandOf,
  settingsOf,
} from "../../../lib/cli/command_table.ts";
import { formatDefault, formatFlag, formatNotes, helpText } from "../../../lib/cli/help.ts";
import { settingsTable } from "../../../lib/cli/settings.ts";
import { type Setting, settingGroups } from "../../../lib/cli/settings/setting.ts";
import { exitStatusTable } from "../../../lib/plan/exit_codes.ts";
import { signalTable } from "../../../lib/plan/signals.ts";

const settings = Object.values(settingsTable) as Setting<unknown>[];
const topics: (CommandName | undefined)[] = [undefined, ...commandNames];

/** The help as one line, so that wrapped text can be found in it. */
const flat = (topic: CommandName | undefined) => helpText(topic).replace(/\s+/g, " ");

for (const topic of topics) {
  const what = topic ?? "the overview";

  Deno.test(`help: ${what} fits a terminal of 80 columns`, () => {
    const lines = helpText(topic).split("\n");
    assert.ok(lines.length > 2);
    for (const line of lines) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
    for (const line of lines) assert.equal(line, line.trimEnd());
    assert.equal(lines.at(-1), "", "ends with a newline");
    assert.ok(helpText(topic).startsWith(topic ? "Usage: tandem" : "tandem runs"));
    assert.doesNotMatch(helpText(topic), /\n\n\n/);
  });

  Deno.test(`help: ${what} has exactly the settings that the command uses`, () => {
    const used = settingsOf(commandOf(topic ?? "serve"));
    const text = flat(topic);
    for (const setting of settings) {
      const entry = ` ${formatFlag(setting)} ${setting.meaning} ${formatNotes(setting)}`;
      assert.equal(text.includes(entry), used.includes(setting), entry);
    }
    assert.match(text, / -h, --help .* -V, --version /);
  });
}

Deno.test("help: a command that uses all settings shows them under headings", () => {
  const headings = settingGroups.map((group) => `\n${group}:\n  --`);
  for (const topic of topics) {
    const isLong = commandOf(topic ?? "serve").settings === "all";
    for (const heading of headings) assert.equal(helpText(topic).includes(heading), isLong);
  }
});

Deno.test("help: the overview has every command, signal and exit status", () => {
  const text = flat(undefined);
  for (const name of commandNames) {
    assert.ok(text.includes(` ${name} ${commandOf(name).meaning}`), name);
  }
  for (const { signals, meaning } of signalTable) {
    assert.ok(text.includes(` ${signals.join(", ")} ${meaning}`), signals.join());
  }
  for (const { status, when } of exitStatusTable) {
    assert.ok(text.includes(` ${status} ${when}`), status);
  }
});

Deno.test("help: a command's help has its description, then its own flags, then the settings", () => {
  for (const name of commandNames) {
    const { meaning, flags = [] } = commandOf(name);
    const text = flat(name);
    assert.ok(text.toLowerCase().includes(meaning.toLowerCase()), name);
    for (const flag of flags) {
      const at = text.indexOf(` ${formatFlag(flag)} ${flag.meaning}`);
      assert.ok(at > 0, `${name} ${flag.flag}`);
      const settings = text.indexOf("Settings (");
      assert.ok(settings < 0 || at < settings, `${name} ${flag.flag}`);
    }
  }
});

Deno.test("help: the usage line shows the arguments of the command", () => {
  const usage = (name: CommandName) => /^Usage: (.*)$/m.exec(helpText(name))?.[1];
  assert.equal(usage("serve"), "tandem [serve] [options] [-- gunicorn arguments]");
  assert.equal(usage("check"), "tandem check [options] [-- gunicorn arguments]");
  assert.equal(usage("stop"), "tandem stop [options]");
  assert.equal(usage("completions"), "tandem completions bash|zsh|fish");
  assert.equal(usage("help"), "tandem help [COMMAND]");
});

Deno.test("help: a default is shown as it is typed, one that depends on the machine as a description", () => {
  const shown = (setting: unknown) => formatDefault(setting as Setting<unknown>);
  assert.equal(shown(settingsTable.workers), "CPUs this process may use");
  assert.equal(shown(settingsTable.port), "8080");
  assert.equal(shown(settingsTable.noLogLinks), "off");
});

Deno.test("help: the notes have the default, the values if they can be listed, and all variables", () => {
  const notes = (setting: unknown) => formatNotes(setting as Setting<unknown>);
  assert.equal(
    notes(settingsTable.timeout),
    "[default: 60] [env: TANDEM_TIMEOUT, MODEL_SERVER_TIMEOUT, SAGEMAKER_MODEL_SERVER_TIMEOUT]",
  );
  assert.equal(
    notes(settingsTable.logs),
    "[default: auto] [values: auto, inherit, prefix, json] [env: TANDEM_LOGS]",
  );
});

Deno.test("help: a default without a description does not depend on the machine", () => {
  for (const setting of settings) {
    assert.doesNotMatch(formatDefault(setting), /undefined|null|object/);
  }
});
