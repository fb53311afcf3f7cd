import assert from "node:assert/strict";
import template from "../../../nginx.conf" with { type: "text" };
import {
  type CommandName,
  commandNames,
  commandOf,
  type HelpTopic,
  helpTopics,
  settingsOf,
} from "../../../lib/cli/command_table.ts";
import { formatDefault, formatFlag, formatNotes, helpText } from "../../../lib/cli/help.ts";
import { settingsTable } from "../../../lib/cli/settings.ts";
import { type Setting, settingGroups } from "../../../lib/cli/settings/setting.ts";
import { exitStatusTable } from "../../../lib/plan/exit_codes.ts";
import { fillBuiltInConf } from "../../../lib/plan/built_in_conf.ts";
import type { Settings } from "../../../lib/plan/settings.ts";
import { signalTable } from "../../../lib/plan/signals.ts";
import { invocationFor } from "../support/invocation_for.ts";

const settings = Object.values(settingsTable) as Setting<unknown>[];
type Topic = Parameters<typeof helpText>[0];
const topics: Topic[] = [
  undefined,
  "all",
  ...commandNames,
  ...Object.keys(helpTopics) as HelpTopic[],
];

/** The help as one line, so that wrapped text can be found in it. */
const flat = (topic: Topic) => helpText(topic).replace(/\s+/g, " ");

for (const topic of topics) {
  Deno.test(`help: ${topic ?? "the overview"} fits a terminal of 80 columns`, () => {
    const lines = helpText(topic).split("\n");
    assert.ok(lines.length > 2);
    for (const line of lines) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
    for (const line of lines) assert.equal(line, line.trimEnd());
    assert.equal(lines.at(-1), "", "ends with a newline");
    assert.doesNotMatch(helpText(topic), /\n\n\n/);
  });
}

/** Those that the help has in full, with their variables. */
const inFull = (topic: Topic) => {
  const text = flat(topic);
  return settings.filter((setting) =>
    text.includes(` ${formatFlag(setting)} ${setting.meaning} ${formatNotes(setting)}`)
  );
};

Deno.test("help: the overview has at most 48 lines, and a screen of 24 the commands and settings", () => {
  const lines = helpText(undefined).split("\n").slice(0, -1);
  assert.ok(lines.length <= 48, `${lines.length} lines`);
  const screen = lines.slice(0, 24).join("\n");
  for (const name of commandNames) {
    assert.ok(screen.includes(`\n  ${name} `), name);
    assert.ok(screen.includes(` ${commandOf(name).meaning}\n`), `${name} in one line`);
  }
  assert.match(screen, /\n {2}--workers N .*\n {2}--timeout S /);
});

Deno.test("help: the overview has the ten common settings, with defaults and values", () => {
  const common = settings.filter(({ isCommon }) => isCommon);
  assert.equal(common.length, 10);
  const shown = [...helpText(undefined).matchAll(/^ {2}--([\w-]+)/gm)].map(([, flag]) => flag);
  assert.deepEqual(shown, common.map(({ flag }) => flag));
  for (const setting of common) {
    const { meaning, type } = setting;
    assert.ok(flat(undefined).includes(` ${formatFlag(setting)} ${meaning.split(";")[0]}`));
    assert.ok(flat(undefined).includes(`[${formatDefault(setting)}]`), setting.flag);
    if (type.choices) assert.ok(flat(undefined).includes(`: ${type.choices.join(", ")} [`));
  }
  assert.deepEqual(inFull(undefined), []);
});

Deno.test("help: the overview names every topic, --all and the man page", () => {
  const last = helpText(undefined).trimEnd().split("\n").at(-1)!;
  for (const word of ["COMMAND", "--all", ...Object.keys(helpTopics), "man tandem"]) {
    assert.ok(last.includes(word), word);
  }
});

Deno.test("help: --all and serve have every setting in full, under headings", () => {
  for (const topic of ["all", "serve"] as const) {
    assert.deepEqual(inFull(topic), settings);
    for (const group of settingGroups) assert.ok(helpText(topic).includes(`\n${group}:\n  --`));
    assert.match(flat(topic), / -h, --help .* -V, --version /);
  }
});

Deno.test("help: --all has every command, signal and exit status; the topics have theirs", () => {
  for (const name of commandNames) {
    assert.ok(flat("all").includes(` ${name} ${commandOf(name).meaning}`), name);
  }
  for (const topic of ["all", "signals"] as const) {
    for (const { signals, meaning } of signalTable) {
      assert.ok(flat(topic).includes(` ${signals.join(", ")} ${meaning}`), signals.join());
    }
  }
  for (const topic of ["all", "exit-status"] as const) {
    for (const { status, when } of exitStatusTable) {
      assert.ok(flat(topic).includes(` ${status} ${when}`), status);
    }
  }
});

Deno.test("help: a command has its description, its own flags with values, then its settings", () => {
  for (const name of commandNames) {
    const { meaning, flags = [], settings: used } = commandOf(name);
    const text = flat(name);
    assert.ok(text.startsWith("Usage: tandem"), name);
    assert.ok(text.toLowerCase().includes(meaning.toLowerCase()), name);
    const settingsAt = text.search(/(Common s|S)ettings (and|\()/);
    assert.equal(settingsAt > 0, used.length > 0, name);
    for (const flag of flags) {
      const { choices } = flag.type;
      const values = choices ? ` [values: ${choices.join(", ")}]` : "";
      const at = text.indexOf(` ${formatFlag(flag)} ${flag.meaning}${values} `);
      assert.ok(at > 0, `${name} ${flag.flag}`);
      if (settingsAt > 0) assert.ok(at < settingsAt, `${name} ${flag.flag}`);
    }
    assert.match(text, / -h, --help .* -V, --version /);
    if (used !== "all") {
      assert.deepEqual(new Set(inFull(name)), new Set(settingsOf(commandOf(name))));
    } else if (name !== "serve") assert.deepEqual(inFull(name), []);
  }
});

Deno.test("help: nginx-conf has exactly the settings that change what it prints", () => {
  const base = invocationFor(["--nginx-conf", "builtin"]).settings;
  const others: Partial<Record<keyof Settings, unknown>> = {
    trustProxy: ["10.0.0.0/8"],
    accessLog: "off",
    readyPath: "/other",
  };
  const changes = (key: keyof Settings) => {
    const value = base[key];
    const other = others[key] ?? (typeof value === "boolean" ? !value : `${value}9`);
    // Where the log files are matters only if they are not linked.
    return [base, { ...base, noLogLinks: true }].some((from) =>
      fillBuiltInConf(template, from) !== fillBuiltInConf(template, { ...from, [key]: other })
    );
  };
  const keys = Object.keys(settingsTable) as (keyof Settings)[];
  assert.deepEqual(
    new Set(["nginxConf", ...keys.filter(changes)]),
    new Set(commandOf("nginx-conf").settings),
  );
});

Deno.test("help: the usage line shows the arguments of the command", () => {
  const usage = (name: CommandName) => /^Usage: (.*)$/m.exec(helpText(name))?.[1];
  assert.equal(usage("serve"), "tandem [serve] [options] [-- gunicorn arguments]");
  assert.equal(usage("check"), "tandem check [options] [-- gunicorn arguments]");
  assert.equal(usage("stop"), "tandem stop [options]");
  assert.equal(usage("completions"), "tandem completions bash|zsh|fish");
  assert.equal(usage("help"), "tandem help [COMMAND|TOPIC] [options]");
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
