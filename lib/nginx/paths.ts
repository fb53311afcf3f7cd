/** Finds the files and folders that nginx creates or writes, from its conf and its build options. */

import { type Block, findAll } from "./tree.ts";

/** The version and build options that `nginx -V` prints. */
export interface NginxBuild {
  version: string;
  prefix: string;
  pid: string;
  errorLog: string;
  accessLog: string;
  /** In the order of `tempModules`. */
  temps: string[];
  /** Of the workers, if the conf has no `user` line. */
  user: string;
}

/** Those that requests to gunicorn use come first. */
const tempModules = ["client-body", "proxy", "fastcgi", "uwsgi", "scgi"];

export function parseBuild(text: string): NginxBuild {
  const option = (name: string) => new RegExp(`(?:^|\\s)--${name}=(\\S+)`).exec(text)?.[1];
  const temp = (module: string) =>
    option(`http-${module}-temp-path`) ?? `${module.replace("-", "_")}_temp`;
  return {
    version: /nginx version: (\S+)/.exec(text)?.[1] ?? "nginx of unknown version",
    prefix: option("prefix") ?? "/usr/local/nginx",
    pid: option("pid-path") ?? "logs/nginx.pid",
    errorLog: option("error-log-path") ?? "logs/error.log",
    accessLog: option("http-log-path") ?? "logs/access.log",
    temps: tempModules.map(temp),
    user: option("user") ?? "nobody",
  };
}

export interface NginxPaths {
  pid: string;
  logs: string[];
  /** Every folder for bodies that do not fit into memory, and for caches. */
  temps: string[];
  /** The temp folders that requests to gunicorn use. */
  bodies: string[];
}

export function findPaths(root: Block, build: NginxBuild): NginxPaths {
  const inPrefix = (path: string) => path.startsWith("/") ? path : `${build.prefix}/${path}`;
  const values = (name: string) => findAll(root, name).flatMap(({ args }) => args[0] ?? []);
  const orDefault = (paths: string[], builtIn: string) => paths.length ? paths : [builtIn];
  const logs = [
    ...values("error_log"),
    ...(isInMainContext(root, "error_log") ? [] : [build.errorLog]),
    ...orDefault(values("access_log"), build.accessLog),
  ];
  const [clientBody, proxy, ...others] = tempModules.map((module, index) =>
    orDefault(values(`${module.replace("-", "_")}_temp_path`), build.temps[index]!).map(inPrefix)
  );
  const bodies = [...clientBody ?? [], ...proxy ?? []];
  return {
    pid: inPrefix(values("pid").at(-1) ?? build.pid),
    logs: [...new Set(logs.filter(isFile).map(inPrefix))],
    temps: [...bodies, ...others.flat(), ...cachePaths(root).map(inPrefix)],
    bodies,
  };
}

function isInMainContext(root: Block, name: string): boolean {
  return root.children.some((child) => child.name === name);
}

/** nginx opens a log whose name contains a variable only per request. */
function isFile(log: string): boolean {
  return !/^(off|stderr|syslog:.*|memory:.*)$|\$/.test(log);
}

function cachePaths(root: Block): string[] {
  return root.children.flatMap((child) => [
    ...(child.name.endsWith("_cache_path") ? child.args.slice(0, 1) : []),
    ...cachePaths(child),
  ]);
}
