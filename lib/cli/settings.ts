/** The one table of settings, from which flags, variables, help, `config`, completions and docs/settings.md are made. */

import type { Settings } from "../plan/settings.ts";
import { gunicornSettings } from "./settings/gunicorn.ts";
import { logSettings } from "./settings/logs.ts";
import { metricsSettings } from "./settings/metrics.ts";
import { nginxSettings } from "./settings/nginx.ts";
import type { SettingRows } from "./settings/setting.ts";
import { startAndStopSettings } from "./settings/start_and_stop.ts";

export const settingsTable: SettingRows<keyof Settings> = {
  ...gunicornSettings,
  ...nginxSettings,
  ...logSettings,
  ...startAndStopSettings,
  ...metricsSettings,
};
