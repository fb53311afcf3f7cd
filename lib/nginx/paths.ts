/** The files and folders that nginx makes or opens for writing, by its conf and by how it was built. */

import { type Block, findAll } from "./tree.ts";

/** What `nginx -V` tells. */
export interface NginxBuild {
  version: string;
  prefix: string;
  pid: string;
  errorLog: string;
  accessLog: string;
  /** One for each of the modules below. */
  temps: string[];
  /** Whom its workers run as where the conf does not say. */
  user: string;
}

/** The two that matter here come first. */
const tempModules = ["client-body", "proxy", "fastcgi", "uwsgi", "scgi"];

export function parseBuild(text: string): NginxBuild {
  const option = (name: string) => new RegExp(`(?:^|\\s)--${name}=(\\S+)`).exec(text)?.[1];
  const temp = (module: string) =>
    option(`http-${module}-temp-path`) ?? `${module.replace("-", "_")}_temp`;
  return {
    version: /nginx version: (\S+)/.exec(text)?.[1] ?? "an nginx that does not tell its version",
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
  /** Those that are files. */
  logs: string[];
  /** Every folder that nginx makes for what does not fit into memory. */
  temps: string[];
  /** Those of them that a request to gunicorn may need. */
  bodies: string[];
}

export function findPaths(root: Block, build: NginxBuild): NginxPaths {
  const inPrefix = (path: string) => path.startsWith("/") ? path : `${build.prefix}/${path}`;
  const said = (name: string) => findAll(root, name).flatMap(({ args }) => args[0] ?? []);
  const orElse = (paths: string[], builtIn: string) => paths.length ? paths : [builtIn];
  const logs = [
    ...said("error_log"),
    ...(saysAtTop(root, "error_log") ? [] : [build.errorLog]),
    ...orElse(said("access_log"), build.accessLog),
  ];
  const [clientBody, proxy, ...others] = tempModules.map((module, index) =>
    orElse(said(`${module.replace("-", "_")}_temp_path`), build.temps[index]!).map(inPrefix)
  );
  const bodies = [...clientBody ?? [], ...proxy ?? []];
  return {
    pid: inPrefix(said("pid").at(-1) ?? build.pid),
    logs: [...new Set(logs.filter(isFile).map(inPrefix))],
    temps: [...bodies, ...others.flat(), ...cachePaths(root).map(inPrefix)],
    bodies,
  };
}

function saysAtTop(root: Block, name: string): boolean {
  return root.children.some((child) => child.name === name);
}

/** A name with a variable is opened only when a request comes. */
function isFile(log: string): boolean {
  return !/^(off|stderr|syslog:.*|memory:.*)$|\$/.test(log);
}

function cachePaths(root: Block): string[] {
  return root.children.flatMap((child) => [
    ...(child.name.endsWith("_cache_path") ? child.args.slice(0, 1) : []),
    ...cachePaths(child),
  ]);
}
