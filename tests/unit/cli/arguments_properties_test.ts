/** Any words and any environment: something to run, or one usage error line; and what `config` shows can be given again. */

import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { parseArgs as parseArgsOfSlim } from "@pkgjs/parseargs";
import fc from "fast-check";
import { parseCommandLine } from "../../../lib/cli/arguments.ts";
import { commandNames, commandOf } from "../../../lib/cli/command_table.ts";
import { readWords } from "../../../lib/cli/flags.ts";
import { variableNames } from "../../../lib/cli/help.ts";
import { settingsTable } from "../../../lib/cli/settings.ts";
import type { Setting } from "../../../lib/cli/settings/setting.ts";
import { UsageError } from "../../../lib/cli/usage_error.ts";
import { property } from "../support/cases.ts";
import { byoImage, invocationFor } from "../support/invocation_for.ts";
import { noise } from "../support/noise.ts";
import { anyText, ruleOf } from "./values.ts";

const settings = Object.values(settingsTable) as Setting<unknown>[];
const commandFlags = commandNames.flatMap((name) => commandOf(name).flags ?? []);
const flagNames = [...settings, ...commandFlags].map(({ flag }) => `--${flag}`);

const anything = anyText(fc.constantFrom("1", "/x", "info", "wsgi:app", "true"));
const word = fc.oneof(
  fc.constantFrom<string>(...commandNames, ...flagNames, "--help", "-h", "-V", "--", "-", "-hV"),
  fc.tuple(fc.constantFrom(...flagNames), anything).map(([flag, text]) => `${flag}=${text}`),
  anything,
);
const words = fc.array(word, { maxLength: 6 });

const variables = settings.flatMap((setting) => variableNames(setting));
const environment = fc.dictionary(
  fc.oneof(fc.constantFrom(...variables), fc.constantFrom("PATH", "__proto__", "TANDEM_", "")),
  fc.oneof(anything, fc.constant("")),
  { maxKeys: 4 },
);

property("arguments properties: any words and variables are run or refused in one line", [
  words,
  environment,
], (args, env) => {
  try {
    parseCommandLine(args, env, byoImage);
  } catch (error) {
    assert.ok(error instanceof UsageError, `${(error as Error).stack}`);
    assert.doesNotMatch(error.message, /[\p{Cc}\p{Zl}\p{Zp}]/u, "one harmless line");
    assert.ok(error.message.length < 400, error.message);
    const given = [...args, ...Object.keys(env)];
    const names = [...error.message.matchAll(/--[a-z-]+|[A-Z_]{4,}/g)].map(([name]) => name);
    const isOfValue = names.some((name) => given.some((text) => text.startsWith(name)));
    const isOfWord = /^(unknown|unexpected|[\w-]+ (has|takes|needs)|completions: )/.test(
      error.message,
    );
    assert.ok(isOfValue || isOfWord, `names what is wrong: ${error.message}`);
  }
});

property("arguments properties: words in front of -- never change what gunicorn gets", [
  fc.array(noise, { maxLength: 5 }),
], (own) => {
  assert.deepEqual(invocationFor(["serve", "--", ...own]).gunicornArguments, own);
});

/** A good value for some of the settings. */
const given = fc.record(
  Object.fromEntries(
    settings.filter(({ placeholder }) => placeholder)
      .map(({ flag, type }) => [flag, ruleOf(type).good]),
  ),
  { requiredKeys: [] },
);

property("arguments properties: what config shows, given as flags, makes the same settings", [
  given,
], (values) => {
  const flags = (texts: Record<string, string>) =>
    Object.entries(texts).map(([flag, text]) => `--${flag}=${text}`);
  const { "drain-delay": _, "grace-period": __, ...independent } = values as Record<string, string>;
  const first = invocationFor(flags(independent));
  const shown = first.report.filter(({ value, key }) =>
    settingsTable[key].placeholder && value !== "none" && value !== "built-in"
  );
  const again = invocationFor(
    flags(Object.fromEntries(shown.map(({ flag, value }) => [flag, value]))),
  );
  assert.deepEqual(again.settings, first.settings);
});

property("arguments properties: both editions' parsers read the same flags", [words], (args) => {
  const options = Object.fromEntries(
    [...settings, ...commandFlags].map(({ flag, placeholder }) => {
      return [flag, { type: placeholder ? "string" : "boolean" } as const];
    }),
  );
  const config = { args, options, strict: false, allowPositionals: true, tokens: true } as const;
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
  assert.deepEqual(plain(parseArgsOfSlim(config).tokens), plain(parseArgs(config).tokens));
  assert.ok(readWords(args).words.every((word) => args.includes(word)));
});
