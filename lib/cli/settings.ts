/** The one table of settings: flags, variables, help, `config`, completions and the README are made from it. */

import { logFormats, logLevels, logsModes } from "../plan/settings.ts";
import type { Machine, Settings } from "../plan/settings.ts";
import * as forms from "./value_types.ts";
import type { ValueType } from "./value_types.ts";

/** The headings of the help, in its order. */
export const settingGroups = ["gunicorn", "nginx", "logs", "start and stop"] as const;

export interface Setting<T> {
  readonly flag: string;
  readonly group: typeof settingGroups[number];
  /** The placeholder in the help; a switch has none and takes no value. */
  readonly placeholder?: string;
  /** Names that images set already, beside the `TANDEM_…` one; a form of their own where it differs. */
  readonly variables?: readonly (string | { name: string; form: ValueType<T> })[];
  readonly form: ValueType<T>;
  readonly fallback: (machine: Machine) => T;
  /** The default in words, where it depends on the machine. */
  readonly fallbackInWords?: string;
  readonly meaning: string;
}

type Table = {
  [Key in keyof Settings]: Setting<Exclude<Settings[Key], undefined> | Settings[Key]>;
};

export const BRING_YOUR_OWN_CONF = "/opt/program/nginx.conf";

export const settingsTable: Table = {
  workers: {
    flag: "workers",
    group: "gunicorn",
    placeholder: "N",
    variables: ["MODEL_SERVER_WORKERS", "SAGEMAKER_MODEL_SERVER_WORKERS"],
    form: forms.wholeNumber(1, 1024),
    fallback: (machine) => machine.cpus(),
    fallbackInWords: "CPUs this process may use",
    meaning:
      "gunicorn's worker processes; the default respects the CPU quota and the affinity mask",
  },
  timeout: {
    flag: "timeout",
    group: "gunicorn",
    placeholder: "S",
    variables: ["MODEL_SERVER_TIMEOUT", "SAGEMAKER_MODEL_SERVER_TIMEOUT"],
    form: forms.seconds(0),
    fallback: () => 60,
    meaning: "seconds after which gunicorn replaces a silent worker; 0 for never",
  },
  workerClass: {
    flag: "worker-class",
    group: "gunicorn",
    placeholder: "C",
    variables: ["SAGEMAKER_GUNICORN_WORKER_CLASS"],
    form: forms.workerClass,
    fallback: () => "gevent",
    meaning: "gunicorn's worker class",
  },
  app: {
    flag: "app",
    group: "gunicorn",
    placeholder: "M:A",
    form: forms.wsgiCallable,
    fallback: () => "wsgi:app",
    meaning: "the WSGI callable",
  },
  chdir: {
    flag: "chdir",
    group: "gunicorn",
    placeholder: "DIR",
    form: forms.pathTo("directory"),
    fallback: (machine) => machine.currentDirectory(),
    fallbackInWords: "the working directory",
    meaning: "where gunicorn starts",
  },
  socket: {
    flag: "socket",
    group: "gunicorn",
    placeholder: "PATH",
    form: forms.socketPath,
    fallback: () => "/tmp/gunicorn.sock",
    meaning: "the unix socket between nginx and gunicorn",
  },
  port: {
    flag: "port",
    group: "nginx",
    placeholder: "P",
    variables: ["SAGEMAKER_BIND_TO_PORT"],
    form: forms.wholeNumber(1, 65535),
    fallback: () => 8080,
    meaning: "the port of the built-in nginx.conf",
  },
  maxBody: {
    flag: "max-body",
    group: "nginx",
    placeholder: "SIZE",
    variables: [{ name: "SAGEMAKER_MAX_PAYLOAD_IN_MB", form: forms.megabytes }],
    form: forms.nginxSize,
    fallback: () => "25m",
    meaning: "the largest request body that the built-in nginx.conf takes",
  },
  proxyReadTimeout: {
    flag: "proxy-read-timeout",
    group: "nginx",
    placeholder: "S",
    variables: ["SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS"],
    form: forms.seconds(1),
    fallback: () => 1200,
    meaning: "seconds that the built-in nginx.conf waits for the app",
  },
  nginxConf: {
    flag: "nginx-conf",
    group: "nginx",
    placeholder: "PATH",
    form: forms.pathTo("file"),
    fallback: (machine) => machine.isFile(BRING_YOUR_OWN_CONF) ? BRING_YOUR_OWN_CONF : undefined,
    fallbackInWords: `${BRING_YOUR_OWN_CONF} when it exists, else the built-in one`,
    meaning: "the nginx.conf to serve with",
  },
  nginx: {
    flag: "nginx",
    group: "nginx",
    placeholder: "PATH",
    form: forms.pathTo("file"),
    fallback: () => "nginx",
    fallbackInWords: "nginx, found on PATH",
    meaning: "nginx's executable",
  },
  gunicorn: {
    flag: "gunicorn",
    group: "gunicorn",
    placeholder: "PATH",
    form: forms.pathTo("file"),
    fallback: () => "gunicorn",
    fallbackInWords: "gunicorn, found on PATH",
    meaning: "gunicorn's executable",
  },
  logDir: {
    flag: "log-dir",
    group: "logs",
    placeholder: "DIR",
    form: forms.plainAbsolutePath,
    fallback: () => "/var/log/nginx",
    meaning: "where access.log and error.log become links to stdout and stderr",
  },
  noLogLinks: {
    flag: "no-log-links",
    group: "logs",
    form: forms.onOff,
    fallback: () => false,
    meaning: "leave the log files alone",
  },
  logs: {
    flag: "logs",
    group: "logs",
    placeholder: "MODE",
    form: forms.oneOf(logsModes),
    fallback: () => "auto",
    meaning: "how the children's output reaches stdout and stderr",
  },
  logLevel: {
    flag: "log-level",
    group: "logs",
    placeholder: "L",
    form: forms.oneOf(logLevels),
    fallback: () => "info",
    meaning: "which of tandem's own lines are written",
  },
  logFormat: {
    flag: "log-format",
    group: "logs",
    placeholder: "F",
    form: forms.oneOf(logFormats),
    fallback: () => "text",
    meaning: "the form of tandem's own lines",
  },
  readyPath: {
    flag: "ready-path",
    group: "start and stop",
    placeholder: "P",
    form: forms.urlPath,
    fallback: () => "/ping",
    meaning: "the path that answers 200 when the pair is ready",
  },
  startTimeout: {
    flag: "start-timeout",
    group: "start and stop",
    placeholder: "S",
    form: forms.seconds(0),
    fallback: () => 0,
    meaning: "not ready after so many seconds: stop and exit 75; 0 for never",
  },
  drainDelay: {
    flag: "drain-delay",
    group: "start and stop",
    placeholder: "S",
    form: forms.seconds(0),
    fallback: () => 0,
    meaning: "seconds to go on serving after a stop signal, part of the grace period",
  },
  gracePeriod: {
    flag: "grace-period",
    group: "start and stop",
    placeholder: "S",
    form: forms.seconds(1),
    fallback: () => 25,
    meaning: "seconds from the stop signal to the last SIGKILL",
  },
  stateDir: {
    flag: "state-dir",
    group: "start and stop",
    placeholder: "DIR",
    form: forms.plainAbsolutePath,
    fallback: (machine) => machine.stateDirectory(),
    fallbackInWords: "/run/tandem, else $XDG_RUNTIME_DIR/tandem, else one under the temp folder",
    meaning: "where the pid and state files go",
  },
  notificationFd: {
    flag: "notification-fd",
    group: "start and stop",
    placeholder: "FD",
    form: forms.wholeNumber(3, 1023),
    fallback: () => undefined,
    fallbackInWords: "none",
    meaning: "the descriptor that gets a newline when the pair is ready (s6)",
  },
};

/** The `TANDEM_…` variable that every flag has. */
export function variableOf(flag: string): string {
  return `TANDEM_${flag.toUpperCase().replaceAll("-", "_")}`;
}
