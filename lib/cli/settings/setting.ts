/** What a row of the table of settings says. */

import type { Machine, Settings } from "../../plan/settings.ts";
import type { ValueType } from "../value_types.ts";

/** The headings of the help, in the order shown. */
export const settingGroups = ["gunicorn", "nginx", "logs", "start and stop", "metrics"] as const;

/** A name that images or platforms already use. */
export interface SharedVariable<T> {
  readonly name: string;
  /** If it differs from the flag's. */
  readonly type?: ValueType<T>;
  /** The variable counts only beside one of these, by which its platform is known. */
  readonly beside?: readonly string[];
}

export interface Setting<T> {
  readonly flag: string;
  readonly group: typeof settingGroups[number];
  /** Stands for the value in the help; `undefined` for a switch, which takes no value. */
  readonly placeholder?: string;
  /** Beside `TANDEM_…`, in the order in which they count. */
  readonly variables?: readonly (string | SharedVariable<T>)[];
  readonly type: ValueType<T>;
  readonly defaultValue: (machine: Machine) => T;
  /** Describes a default that depends on the machine, or that is `undefined`. */
  readonly defaultText?: string;
  readonly meaning: string;
  /** One of the ten that `tandem --help` shows. */
  readonly isCommon?: true;
  /** Has an effect only if nginx runs with the built-in conf. */
  readonly isOfBuiltInConf?: true;
}

/** The rows of some settings, by their names in `Settings`. */
export type SettingRows<Key extends keyof Settings> = {
  readonly [K in Key]: Setting<Exclude<Settings[K], undefined> | Settings[K]>;
};

/** `TANDEM_LOG_DIR` for `log-dir`. */
export function variableOf(flag: string): string {
  return `TANDEM_${flag.toUpperCase().replaceAll("-", "_")}`;
}
