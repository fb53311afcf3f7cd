/** The settings of the start, the stop and the reload. */

import * as types from "../value_types.ts";
import type { SettingRows } from "./setting.ts";

export const startAndStopSettings: SettingRows<
  | "readyPath"
  | "startTimeout"
  | "drainDelay"
  | "gracePeriod"
  | "reloadImportApp"
  | "stateDir"
  | "notificationFd"
> = {
  readyPath: {
    flag: "ready-path",
    group: "start and stop",
    placeholder: "P",
    type: types.urlPath,
    defaultValue: () => "/ping",
    meaning: "path that answers 200 once the app is ready",
    isCommon: true,
  },
  startTimeout: {
    flag: "start-timeout",
    group: "start and stop",
    placeholder: "S",
    type: types.seconds(0),
    defaultValue: () => 0,
    meaning: "stop and exit 75 if not ready within S seconds; 0 disables",
  },
  drainDelay: {
    flag: "drain-delay",
    group: "start and stop",
    placeholder: "S",
    type: types.seconds(0),
    defaultValue: () => 0,
    meaning: "keep serving for S seconds after a stop signal; counts towards the grace period",
    isCommon: true,
  },
  gracePeriod: {
    flag: "grace-period",
    group: "start and stop",
    placeholder: "S",
    type: types.seconds(1),
    defaultValue: () => 25,
    meaning:
      "kill every process that still runs S seconds after the stop signal, or 2 before the app has answered",
    isCommon: true,
  },
  reloadImportApp: {
    flag: "reload-import-app",
    group: "start and stop",
    type: types.onOff,
    defaultValue: () => false,
    meaning: "import the app before each reload, and refuse the reload if that fails",
  },
  stateDir: {
    flag: "state-dir",
    group: "start and stop",
    placeholder: "DIR",
    type: types.plainAbsolutePath,
    defaultValue: (machine) => machine.stateDirectory(),
    defaultText: "/run/tandem, else $XDG_RUNTIME_DIR/tandem, else one in the temporary directory",
    meaning: "directory for the pid file and the state file",
  },
  notificationFd: {
    flag: "notification-fd",
    group: "start and stop",
    placeholder: "FD",
    type: types.wholeNumber(3, 1023),
    defaultValue: () => undefined,
    defaultText: "none",
    meaning: "write a newline to descriptor FD once ready (s6)",
  },
};
