/** The settings of the metrics. */

import * as types from "../value_types.ts";
import type { SettingRows } from "./setting.ts";

export const metricsSettings: SettingRows<"textfile"> = {
  textfile: {
    flag: "textfile",
    group: "metrics",
    placeholder: "PATH",
    type: types.textfilePath,
    defaultValue: () => undefined,
    defaultText: "none",
    meaning: "keep metrics in PATH for a node exporter's textfile collector",
  },
};
