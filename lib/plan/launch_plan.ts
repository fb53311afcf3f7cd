/** Settings -> what will be run, linked, waited for and by when. Pure: nothing here looks at the machine. */

import type { SignalName } from "./signals.ts";
import type { Invocation } from "./settings.ts";

export type ChildName = "nginx" | "gunicorn";

export interface ChildPlan {
  name: ChildName;
  /** A name that is looked up on PATH, or a path. */
  executable: string;
  args: string[];
  cwd: string;
  /** Asks the child to end in order, requests first. */
  stopSignal: SignalName;
}

export interface LinkPlan {
  path: string;
  target: string;
}

/** Milliseconds after the stop. */
export interface Deadlines {
  drainDelay: number;
  /** nginx is told to end at once. */
  nginx: number;
  /** Whatever is left is killed. */
  kill: number;
}

export interface LaunchPlan {
  nginx: ChildPlan;
  gunicorn: ChildPlan;
  links: LinkPlan[];
  /** The conf to be written for nginx; absent when the user has one. */
  builtInConf: { path: string } | undefined;
  socket: string;
  readyPath: string;
  /** Milliseconds; 0 for none. */
  startTimeout: number;
  deadlines: Deadlines;
}

export function planLaunch(
  { settings, gunicornArguments, currentDirectory }: Invocation,
): LaunchPlan {
  const { stateDir, logDir, noLogLinks, gracePeriod, drainDelay } = settings;
  const here = (path: string) => path.startsWith("/") ? path : `${currentDirectory}/${path}`;
  // A path that the user typed is not to be looked for in --chdir, where its child starts.
  const executable = (name: string) => name.includes("/") ? here(name) : name;
  const conf = settings.nginxConf === undefined
    ? `${stateDir}/nginx/nginx.conf`
    : here(settings.nginxConf);
  // What the delay leaves of the grace period.
  const rest = gracePeriod - drainDelay;
  const reserve = gunicornReserve(rest);
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
        ...["--graceful-timeout", `${Math.max(1, Math.floor(rest - reserve))}`],
        ...gunicornArguments,
        settings.app,
      ],
      cwd: here(settings.chdir),
      stopSignal: "SIGTERM",
    },
    links: noLogLinks ? [] : [
      { path: `${logDir}/access.log`, target: "/dev/stdout" },
      { path: `${logDir}/error.log`, target: "/dev/stderr" },
    ],
    builtInConf: settings.nginxConf === undefined ? { path: conf } : undefined,
    socket: settings.socket,
    readyPath: settings.readyPath,
    startTimeout: settings.startTimeout * 1000,
    deadlines: {
      drainDelay: drainDelay * 1000,
      nginx: (gracePeriod - reserve) * 1000,
      kill: gracePeriod * 1000,
    },
  };
}

/**
 * Seconds of the time to end that are kept for gunicorn's own end. It takes 0.4 s when idle and 1.1 s after load,
 * so a fifth of the time, from one second to five; half where the time itself is shorter.
 */
function gunicornReserve(time: number): number {
  return Math.min(time / 2, Math.max(1, Math.min(5, Math.floor(time / 5))));
}

/** nginx stays in the foreground: where the conf is silent on it, the command line says so. */
export function inForeground(nginx: ChildPlan, daemon: "on" | "off" | undefined): ChildPlan {
  return daemon === undefined ? { ...nginx, args: [...nginx.args, "-g", "daemon off;"] } : nginx;
}
