/** Every setting of a run, after flags, variables and defaults are resolved. */

import type { PlannedPlatform } from "./platforms.ts";

export const logsModes = ["auto", "inherit", "prefix", "json"] as const;
export type LogsMode = typeof logsModes[number];

export const logLevels = ["debug", "info", "warning", "error"] as const;
export type LogLevel = typeof logLevels[number];

export const logFormats = ["text", "json"] as const;
export type LogFormat = typeof logFormats[number];

export const accessLogs = ["combined", "json", "off"] as const;
export type AccessLog = typeof accessLogs[number];

/** The value of `nginxConf` for the built-in one; a file of that name is `./builtin`. */
export const BUILT_IN_CONF = "builtin";

/** Times are whole seconds; paths are as the user gave them. */
export interface Settings {
  workers: number;
  /** 0: no timeout. */
  timeout: number;
  workerClass: string;
  /** `module:callable`. */
  app: string;
  chdir: string;
  socket: string;
  port: number;
  /** In nginx's notation: digits, then an optional `k`, `m` or `g`. */
  maxBody: string;
  proxyReadTimeout: number;
  /** Addresses and networks in nginx's notation. */
  trustProxy: readonly string[];
  streaming: boolean;
  /** 0: a connection for each request. */
  upstreamKeepAlive: number;
  /** A path, or `BUILT_IN_CONF`. */
  nginxConf: string;
  nginx: string;
  gunicorn: string;
  /** Whether gunicorn gets only the arguments that it needs. */
  plainGunicorn: boolean;
  logDir: string;
  noLogLinks: boolean;
  accessLog: AccessLog;
  logProbes: boolean;
  logs: LogsMode;
  logLevel: LogLevel;
  logFormat: LogFormat;
  readyPath: string;
  /** 0: no limit. */
  startTimeout: number;
  drainDelay: number;
  gracePeriod: number;
  /** Whether a reload imports the app first. */
  reloadImportApp: boolean;
  stateDir: string;
  /** A file of metrics for a node exporter. */
  textfile: string | undefined;
  /** The descriptor on which s6 waits for a newline. */
  notificationFd: number | undefined;
}

/** The facts of the machine that some defaults depend on. */
export interface Machine {
  /** CPUs that this process may use, at least 1. */
  cpus(): number;
  currentDirectory(): string;
  isFile(path: string): boolean;
  /** The default folder of the state files. */
  stateDirectory(): string;
}

export type Origin =
  | { kind: "flag"; name: string }
  | { kind: "variable"; name: string }
  | { kind: "default" };

/** A setting as `tandem config` shows it. */
export interface SettingReport {
  key: keyof Settings;
  flag: string;
  value: string;
  origin: Origin;
  /** Has an effect only if nginx runs with the built-in conf. */
  isOfBuiltInConf?: true;
}

/** Variables that begin with TANDEM_ and set nothing. */
export interface StrayVariables {
  /** Each with the variables that may have been meant. */
  unknown: { name: string; meant: string[] }[];
  /** Those that Kubernetes sets for a Service whose name begins with "tandem". */
  ofServices: string[];
}

export const statusFormats = ["text", "json", "prometheus"] as const;
export type StatusFormat = typeof statusFormats[number];

export const shells = ["bash", "zsh", "fish"] as const;

/** Options of the commands other than `serve`, beside the settings. */
export interface CommandOptions {
  json?: boolean;
  format?: StatusFormat;
  strict?: boolean;
  quiet?: boolean;
  importApp?: boolean;
  fixConf?: boolean;
  watch?: boolean;
  timeline?: boolean;
  svg?: string;
  url?: string;
  /** Whole seconds. */
  timeout?: number;
  shell?: typeof shells[number];
  platform?: PlannedPlatform;
  /** Of `health`. */
  ready?: boolean;
  /** Of `help`. */
  all?: boolean;
}

/** What the command line and the environment ask for. */
export interface Invocation {
  settings: Settings;
  options: CommandOptions;
  /** The arguments after `--`, passed to gunicorn unchanged. */
  gunicornArguments: string[];
  currentDirectory: string;
  report: SettingReport[];
  strayVariables: StrayVariables;
}
