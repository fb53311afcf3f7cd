/** Turns settings into what tandem will run, link and wait for, and by when. Pure: asks nothing of the machine. */

import { builtInConfFolder } from "./built_in_conf.ts";
import type { SignalName } from "./signals.ts";
import { BUILT_IN_CONF, type Invocation } from "./settings.ts";

export type ChildName = "nginx" | "gunicorn";

export interface ChildPlan {
  name: ChildName;
  /** A name to look up on PATH, or a path. */
  executable: string;
  args: string[];
  cwd: string;
  /** Asks the child to finish its requests and exit. */
  stopSignal: SignalName;
}

export interface LinkPlan {
  path: string;
  target: string;
}

/** Milliseconds after the stop. 0 <= drainDelay < nginx < grace. */
export interface Deadlines {
  drainDelay: number;
  /** nginx's open connections are closed. */
  nginx: number;
  /** The end of the grace period: every process left is killed. */
  grace: number;
}

export interface LaunchPlan {
  nginx: ChildPlan;
  gunicorn: ChildPlan;
  links: LinkPlan[];
  /** The conf to write for nginx; `undefined` if the user has one. */
  builtInConf: { path: string } | undefined;
  /** A port that was asked for beside the user's own conf, which decides; with the name of the flag or variable. */
  unusedPort: { port: number; name: string } | undefined;
  socket: string;
  readyPath: string;
  /** Milliseconds; 0: no limit. */
  startTimeout: number;
  deadlines: Deadlines;
}

export function planLaunch(
  { settings, gunicornArguments, currentDirectory, report }: Invocation,
): LaunchPlan {
  const portOrigin = report.find(({ key }) => key === "port")?.origin;
  const { stateDir, logDir, noLogLinks, gracePeriod, drainDelay } = settings;
  const absolute = (path: string) => path.startsWith("/") ? path : `${currentDirectory}/${path}`;
  // Relative to the caller's directory, although gunicorn starts in --chdir.
  const executable = (name: string) => name.includes("/") ? absolute(name) : name;
  const conf = settings.nginxConf === BUILT_IN_CONF
    ? `${builtInConfFolder(stateDir)}/nginx.conf`
    : absolute(settings.nginxConf);
  const drainTime = gracePeriod - drainDelay;
  const reserve = gunicornReserve(drainTime);
  return {
    nginx: {
      name: "nginx",
      executable: executable(settings.nginx),
      args: ["-c", conf],
      cwd: currentDirectory,
      stopSignal: "SIGQUIT",
    },
    gunicorn: {
      name: "gunicorn",
      executable: executable(settings.gunicorn),
      args: [
        ...["--timeout", `${settings.timeout}`],
        ...["-k", settings.workerClass],
        ...["-b", `unix:${settings.socket}`],
        ...["-w", `${settings.workers}`],
        ...["--graceful-timeout", `${Math.max(1, Math.floor(drainTime - reserve))}`],
        ...gunicornArguments,
        settings.app,
      ],
      cwd: absolute(settings.chdir),
      stopSignal: "SIGTERM",
    },
    links: noLogLinks ? [] : planLogLinks(logDir),
    builtInConf: settings.nginxConf === BUILT_IN_CONF ? { path: conf } : undefined,
    unusedPort: settings.nginxConf !== BUILT_IN_CONF && portOrigin && portOrigin.kind !== "default"
      ? { port: settings.port, name: portOrigin.name }
      : undefined,
    socket: settings.socket,
    readyPath: settings.readyPath,
    startTimeout: settings.startTimeout * 1000,
    deadlines: {
      drainDelay: drainDelay * 1000,
      nginx: (gracePeriod - reserve) * 1000,
      grace: gracePeriod * 1000,
    },
  };
}

export function planLogLinks(logDir: string): LinkPlan[] {
  return [
    { path: `${logDir}/access.log`, target: "/dev/stdout" },
    { path: `${logDir}/error.log`, target: "/dev/stderr" },
  ];
}

/**
 * The part of the drain that is kept for gunicorn, in seconds like `drainTime`. Measured, gunicorn takes 0.4 s to exit
 * when idle and 1.1 s after load, so it gets a fifth, from one second to five, but at most half.
 */
function gunicornReserve(drainTime: number): number {
  return Math.min(drainTime / 2, Math.max(1, Math.min(5, Math.floor(drainTime / 5))));
}

/** @param daemon the conf's directive; nginx rejects a second one, so the flag is added only if there is none */
export function inForeground(nginx: ChildPlan, daemon: "on" | "off" | undefined): ChildPlan {
  return daemon === undefined ? { ...nginx, args: [...nginx.args, "-g", "daemon off;"] } : nginx;
}
