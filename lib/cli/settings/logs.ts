/** The settings of the logs. */

import { accessLogs, logFormats, logLevels, logsModes } from "../../plan/settings.ts";
import * as types from "../value_types.ts";
import type { SettingRows } from "./setting.ts";

export const logSettings: SettingRows<
  "logDir" | "noLogLinks" | "accessLog" | "logProbes" | "logs" | "logLevel" | "logFormat"
> = {
  logDir: {
    flag: "log-dir",
    group: "logs",
    placeholder: "DIR",
    type: types.plainAbsolutePath,
    defaultValue: () => "/var/log/nginx",
    meaning: "directory in which access.log and error.log become links to stdout and stderr",
  },
  noLogLinks: {
    flag: "no-log-links",
    group: "logs",
    type: types.onOff,
    defaultValue: () => false,
    meaning: "leave the log files alone",
  },
  accessLog: {
    flag: "access-log",
    group: "logs",
    placeholder: "FORMAT",
    type: types.oneOf(accessLogs),
    defaultValue: () => "combined",
    meaning: "format of the access log of the built-in nginx.conf",
    isOfBuiltInConf: true,
  },
  logProbes: {
    flag: "log-probes",
    group: "logs",
    type: types.onOff,
    defaultValue: () => false,
    meaning: "let the built-in nginx.conf log requests for the ready path that answer 200 too",
    isOfBuiltInConf: true,
  },
  logs: {
    flag: "logs",
    group: "logs",
    placeholder: "MODE",
    type: types.oneOf(logsModes),
    defaultValue: () => "auto",
    meaning: "how the output of nginx and gunicorn reaches stdout and stderr",
    isCommon: true,
  },
  logLevel: {
    flag: "log-level",
    group: "logs",
    placeholder: "L",
    type: types.oneOf(logLevels),
    defaultValue: () => "info",
    meaning: "minimum level of tandem's own log lines",
  },
  logFormat: {
    flag: "log-format",
    group: "logs",
    placeholder: "F",
    type: types.oneOf(logFormats),
    defaultValue: () => "text",
    meaning: "format of tandem's own log lines",
  },
};
