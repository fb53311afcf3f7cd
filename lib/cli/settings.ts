/** The one table of settings, from which flags, variables, help, `config`, completions and README tables are made. */

import { logFormats, logLevels, logsModes } from "../plan/settings.ts";
import type { Machine, Settings } from "../plan/settings.ts";
import * as types from "./value_types.ts";
import type { ValueType } from "./value_types.ts";

/** The headings of the help, in the order shown. */
export const settingGroups = ["gunicorn", "nginx", "logs", "start and stop"] as const;

export interface Setting<T> {
  readonly flag: string;
  readonly group: typeof settingGroups[number];
  /** Stands for the value in the help; `undefined` for a switch, which takes no value. */
  readonly placeholder?: string;
  /** Names that images already use, beside `TANDEM_…`; with a type if the variable's differs from the flag's. */
  readonly variables?: readonly (string | { name: string; type: ValueType<T> })[];
  readonly type: ValueType<T>;
  readonly defaultValue: (machine: Machine) => T;
  /** Describes a default that depends on the machine, or that is `undefined`. */
  readonly defaultText?: string;
  readonly meaning: string;
}

type Table = {
  [Key in keyof Settings]: Setting<Exclude<Settings[Key], undefined> | Settings[Key]>;
};

const BRING_YOUR_OWN_CONF = "/opt/program/nginx.conf";

export const settingsTable: Table = {
  workers: {
    flag: "workers",
    group: "gunicorn",
    placeholder: "N",
    variables: ["MODEL_SERVER_WORKERS", "SAGEMAKER_MODEL_SERVER_WORKERS"],
    type: types.wholeNumber(1, 1024),
    defaultValue: (machine) => machine.cpus(),
    defaultText: "CPUs this process may use",
    meaning: "number of gunicorn workers; the default respects the CPU quota and affinity mask",
  },
  timeout: {
    flag: "timeout",
    group: "gunicorn",
    placeholder: "S",
    variables: ["MODEL_SERVER_TIMEOUT", "SAGEMAKER_MODEL_SERVER_TIMEOUT"],
    type: types.seconds(0),
    defaultValue: () => 60,
    meaning: "replace a gunicorn worker that is silent for S seconds; 0 disables",
  },
  workerClass: {
    flag: "worker-class",
    group: "gunicorn",
    placeholder: "C",
    variables: ["SAGEMAKER_GUNICORN_WORKER_CLASS"],
    type: types.workerClass,
    defaultValue: () => "gevent",
    meaning: "gunicorn worker class",
  },
  app: {
    flag: "app",
    group: "gunicorn",
    placeholder: "M:A",
    type: types.wsgiCallable,
    defaultValue: () => "wsgi:app",
    meaning: "WSGI callable, as module:callable",
  },
  chdir: {
    flag: "chdir",
    group: "gunicorn",
    placeholder: "DIR",
    type: types.pathTo("directory"),
    defaultValue: (machine) => machine.currentDirectory(),
    defaultText: "the current directory",
    meaning: "directory to start gunicorn in",
  },
  socket: {
    flag: "socket",
    group: "gunicorn",
    placeholder: "PATH",
    type: types.socketPath,
    defaultValue: () => "/tmp/gunicorn.sock",
    meaning: "unix socket between nginx and gunicorn",
  },
  port: {
    flag: "port",
    group: "nginx",
    placeholder: "P",
    variables: ["SAGEMAKER_BIND_TO_PORT"],
    type: types.wholeNumber(1, 65535),
    defaultValue: () => 8080,
    meaning: "port of the built-in nginx.conf",
  },
  maxBody: {
    flag: "max-body",
    group: "nginx",
    placeholder: "SIZE",
    variables: [{ name: "SAGEMAKER_MAX_PAYLOAD_IN_MB", type: types.megabytes }],
    type: types.nginxSize,
    defaultValue: () => "25m",
    meaning: "largest request body that the built-in nginx.conf accepts; 0 disables the limit",
  },
  proxyReadTimeout: {
    flag: "proxy-read-timeout",
    group: "nginx",
    placeholder: "S",
    variables: ["SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS"],
    type: types.seconds(1),
    defaultValue: () => 1200,
    meaning: "seconds that the built-in nginx.conf waits for the app to send data",
  },
  nginxConf: {
    flag: "nginx-conf",
    group: "nginx",
    placeholder: "PATH",
    type: types.pathTo("file"),
    defaultValue: (machine) =>
      machine.isFile(BRING_YOUR_OWN_CONF) ? BRING_YOUR_OWN_CONF : undefined,
    defaultText: `${BRING_YOUR_OWN_CONF} if it exists, else the built-in one`,
    meaning: "nginx.conf to run nginx with",
  },
  nginx: {
    flag: "nginx",
    group: "nginx",
    placeholder: "PATH",
    type: types.pathTo("file"),
    defaultValue: () => "nginx",
    defaultText: "nginx on PATH",
    meaning: "nginx executable",
  },
  gunicorn: {
    flag: "gunicorn",
    group: "gunicorn",
    placeholder: "PATH",
    type: types.pathTo("file"),
    defaultValue: () => "gunicorn",
    defaultText: "gunicorn on PATH",
    meaning: "gunicorn executable",
  },
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
  logs: {
    flag: "logs",
    group: "logs",
    placeholder: "MODE",
    type: types.oneOf(logsModes),
    defaultValue: () => "auto",
    meaning: "how the output of nginx and gunicorn reaches stdout and stderr",
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
  readyPath: {
    flag: "ready-path",
    group: "start and stop",
    placeholder: "P",
    type: types.urlPath,
    defaultValue: () => "/ping",
    meaning: "path that answers 200 once the app is ready",
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
  },
  gracePeriod: {
    flag: "grace-period",
    group: "start and stop",
    placeholder: "S",
    type: types.seconds(1),
    defaultValue: () => 25,
    meaning: "kill every process that still runs S seconds after the stop signal",
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

/** `TANDEM_LOG_DIR` for `log-dir`. */
export function variableOf(flag: string): string {
  return `TANDEM_${flag.toUpperCase().replaceAll("-", "_")}`;
}
