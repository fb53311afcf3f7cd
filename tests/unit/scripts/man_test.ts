import assert from "node:assert/strict";
import { parseCommandLine } from "../../../lib/cli/arguments.ts";
import { commandNames, commandOf, helpTopics, settingsOf } from "../../../lib/cli/command_table.ts";
import { variableNames } from "../../../lib/cli/help.ts";
import type { Machine } from "../../../lib/plan/settings.ts";
import { exitStatusTable } from "../../../lib/plan/exit_codes.ts";
import { signalTable } from "../../../lib/plan/signals.ts";
import { examples, manPage } from "../../../scripts/man.ts";

const machine: Machine = {
  cpus: () => 1,
  currentDirectory: () => "/",
  isFile: () => false,
  stateDirectory: () => "/run/tandem",
};

const page = manPage("1.2.3", "2026-01-02");
/** The rendered text as one line. */
const flat = page.replace(/^\.\S+ ?/gm, "").replace(/\\f[BIR]/g, "").replace(/\\-/g, "-")
  .replace(/\\&/g, "").replace(/\s+/g, " ");

Deno.test("man: the sections are in the order of man-pages(7)", () => {
  assert.deepEqual([...page.matchAll(/^\.SH (.*)$/gm)].map(([, name]) => name), [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "COMMANDS",
    "OPTIONS",
    "SIGNALS",
    "EXIT STATUS",
    "FILES",
    "EXAMPLES",
    "NOTES",
    "SEE ALSO",
  ]);
  assert.match(page, /^\.TH TANDEM 1 "2026-01-02" "tandem 1\.2\.3" /);
});

Deno.test("man: every command, flag, variable, signal and exit status is there", () => {
  for (const name of commandNames) {
    const { meaning, flags = [] } = commandOf(name);
    assert.ok(flat.includes(`${name} ${meaning}`), name);
    for (const { flag, meaning, type } of flags) {
      assert.match(flat, new RegExp(` --${flag}( [A-Z:]+)? `), flag);
      assert.ok(flat.includes(meaning), flag);
      if (type.choices) assert.ok(flat.includes(`Values: ${type.choices.join(", ")}.`), flag);
    }
  }
  for (const setting of settingsOf(commandOf("serve"))) {
    assert.ok(flat.includes(setting.meaning), setting.flag);
    assert.ok(flat.includes(`: ${variableNames(setting).join(", ")}.`), setting.flag);
  }
  for (const [name, text] of Object.entries(helpTopics)) {
    assert.ok(flat.includes(`${name} ${text}`));
  }
  for (const { meaning } of signalTable) assert.ok(flat.includes(meaning), meaning);
  for (const { status, when } of exitStatusTable) assert.ok(flat.includes(`${status} ${when}`));
});

Deno.test("man: every example is a valid command line", () => {
  for (const { line } of examples) {
    const [program, ...args] = line.split(" ");
    assert.equal(program, "tandem");
    parseCommandLine(args, {}, machine);
  }
});
