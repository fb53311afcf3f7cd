/** Resolves each setting from its flag, its variables and its default. */

import type { Machine, Origin, SettingReport, Settings } from "../plan/settings.ts";
import { didYouMean } from "./did_you_mean.ts";
import type { GivenFlags } from "./flags.ts";
import { isOfService } from "./stray_variables.ts";
import { settingsTable } from "./settings.ts";
import { type Setting, type SharedVariable, variableOf } from "./settings/setting.ts";
import { quoted, UsageError } from "./usage_error.ts";
import type { ValueType } from "./value_types.ts";

export type Environment = Readonly<Record<string, string>>;

/** @throws {UsageError} if a value does not match its type */
export function resolveSettings(given: GivenFlags, env: Environment, machine: Machine) {
  const values: Record<string, unknown> = {};
  const report: SettingReport[] = [];
  const table = Object.entries(settingsTable) as [keyof Settings, Setting<unknown>][];
  for (const [key, setting] of table) {
    const { value, origin } = resolveOne(setting, given, env, machine);
    values[key] = value;
    const { flag, isOfBuiltInConf } = setting;
    report.push({
      ...{ key, flag, value: formatValue(value), origin },
      ...(isOfBuiltInConf && { isOfBuiltInConf }),
    });
  }
  const settings = values as unknown as Settings;
  const { drainDelay, gracePeriod } = settings;
  if (drainDelay >= gracePeriod) {
    throw new UsageError(
      `${nameOf("drainDelay")} ${drainDelay} is not less than ` +
        `${nameOf("gracePeriod")} ${gracePeriod}: shorten the delay or lengthen the grace period`,
    );
  }
  return { settings, report };

  /** The flag or variable that set it. */
  function nameOf(key: keyof Settings): string {
    const { flag, origin } = report.find((entry) => entry.key === key)!;
    return origin.kind === "default" ? `--${flag}` : origin.name;
  }
}

/** A flag beats its variables, `TANDEM_…` first, which beat the default; an empty variable counts as unset. */
function resolveOne(
  setting: Setting<unknown>,
  given: GivenFlags,
  env: Environment,
  machine: Machine,
): { value: unknown; origin: Origin } {
  const { flag, type, variables = [], defaultValue } = setting;
  const text = given.get(flag);
  if (text !== undefined) {
    const value = text === true ? true : parseValue(text, type, `--${flag}`);
    return { value, origin: { kind: "flag", name: `--${flag}` } };
  }
  for (const variable of [variableOf(flag), ...variables]) {
    const shared: SharedVariable<unknown> = typeof variable === "string"
      ? { name: variable }
      : variable;
    const { name, type: own = type, beside } = shared;
    const found = !beside || beside.some((other) => env[other]) ? env[name] : undefined;
    if (found && !isOfService(name, found)) {
      return { value: parseValue(found, own, name), origin: { kind: "variable", name } };
    }
  }
  return { value: defaultValue(machine), origin: { kind: "default" } };
}

/**
 * @param name of the flag or variable, for the message
 * @throws {UsageError} if the text does not match the type
 */
export function parseValue(text: string, type: ValueType<unknown>, name: string): unknown {
  const value = type.parse(text);
  if (value !== undefined) return value;
  throw new UsageError(
    `${name}: ${quoted(text)} is not ${type.expected}${didYouMean(text, type.choices ?? [])}`,
  );
}

function formatValue(value: unknown): string {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return value.join(",") || "none";
  return String(value);
}
