/** Weighs flags, variables and defaults against each other. */

import type { Machine, Origin, SettingReport, Settings } from "../plan/settings.ts";
import { didYouMean } from "./did_you_mean.ts";
import type { GivenFlags } from "./flags.ts";
import type { ValueType } from "./value_types.ts";
import { type Setting, settingsTable, variableOf } from "./settings.ts";
import { quoted, UsageError } from "./usage_error.ts";

export type Environment = Readonly<Record<string, string>>;

/** @throws {UsageError} for a value that is not exactly of its form */
export function resolveSettings(given: GivenFlags, env: Environment, machine: Machine) {
  const values: Record<string, unknown> = {};
  const report: SettingReport[] = [];
  for (const [key, setting] of Object.entries(settingsTable) as [string, Setting<unknown>][]) {
    const { value, origin } = settleOne(setting, given, env, machine);
    values[key] = value;
    report.push({ flag: setting.flag, value: inWords(key, value), origin });
  }
  const settled = values as unknown as Settings;
  if (settled.drainDelay >= settled.gracePeriod) {
    throw new UsageError(
      `--drain-delay ${settled.drainDelay} leaves nothing of --grace-period ${settled.gracePeriod}: ` +
        `make the delay shorter or the grace period longer`,
    );
  }
  return { settings: settled, report };
}

/** A flag beats its variables, `TANDEM_…` first; an empty variable counts as unset. */
function settleOne(
  setting: Setting<unknown>,
  given: GivenFlags,
  env: Environment,
  machine: Machine,
): { value: unknown; origin: Origin } {
  const { flag, form, variables = [], fallback } = setting;
  const text = given.get(flag);
  if (text !== undefined) {
    const value = text === true ? true : parseValue(text, form, `--${flag}`);
    return { value, origin: { kind: "flag", name: `--${flag}` } };
  }
  for (const variable of [variableOf(flag), ...variables]) {
    const { name, form: own } = typeof variable === "string" ? { name: variable, form } : variable;
    const found = env[name];
    if (found) return { value: parseValue(found, own, name), origin: { kind: "variable", name } };
  }
  return { value: fallback(machine), origin: { kind: "default" } };
}

/** @throws {UsageError} */
export function parseValue(text: string, form: ValueType<unknown>, name: string): unknown {
  const value = form.parse(text);
  if (value !== undefined) return value;
  throw new UsageError(
    `${name}: ${quoted(text)} is not ${form.expected}${didYouMean(text, form.choices ?? [])}`,
  );
}

function inWords(key: string, value: unknown): string {
  if (value === undefined) return key === "nginxConf" ? "built-in" : "none";
  return String(value);
}
