/** Tells the conf that needs no word from one that the checks have to look at. */

import { isRoot } from "../host/system/environment.ts";
import { canCreate, exists, isOpenToAll } from "../host/files/files.ts";
import { openFileLimit } from "../host/system/limits.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import { type Directive, proxiedHost } from "../nginx/directives.ts";
import type { AcceptedConf } from "./nginx_test.ts";

/**
 * Whether a conf that nginx takes has nothing that `judgeNginx` speaks of, the addresses it listens on aside. Says no
 * rather than overlook something: then that one looks, with ten times the code.
 */
export function isUsualConf(
  { told, directives, config }: AcceptedConf,
  { socket }: LaunchPlan,
): boolean {
  return config.daemon !== "on" && openFileLimit() >= 2 * DEFAULT_CONNECTIONS &&
    !directives.some(isUnusual) && leadsTo(socket, directives) &&
    areReached(socket, bodyFolders(directives, told));
}

/** nginx's own, where the conf says nothing; each takes two open files. */
const DEFAULT_CONNECTIONS = 512;

function isUnusual({ name, args }: Directive): boolean {
  switch (name) {
    case "worker_connections":
      return !(2 * Number(args[0]) <= openFileLimit());
    case "listen":
      return args.includes("deferred");
    default:
      return name === "worker_rlimit_nofile" || name === "worker_shutdown_timeout";
  }
}

/** Whether requests are passed on to the socket, by its name or by an upstream's. */
function leadsTo(socket: string, directives: Directive[]): boolean {
  const names = [`unix:${socket}`];
  let upstream = "";
  for (const { name, args: [word = ""], within } of directives) {
    if (name === "upstream") upstream = word;
    if (within.at(-1) === "upstream" && word === names[0]) names.push(upstream);
  }
  return directives.some(({ name, args: [url = ""] }) =>
    name === "proxy_pass" && names.includes(proxiedHost(url))
  );
}

/** Where nginx puts bodies that do not fit into memory; an empty name where that is not clear. */
function bodyFolders(directives: Directive[], told: string): string[] {
  return ["client_body", "proxy"].flatMap((module) => {
    const said = directives.filter(({ name }) => name === `${module}_temp_path`);
    const flag = new RegExp(`--http-${module.replace("_", "-")}-temp-path=(\\S+)`);
    return said.length ? said.map(({ args }) => args[0] ?? "") : [flag.exec(told)?.[1] ?? ""];
  });
}

/** Whether nginx's workers come to the socket and the folders: root's are another user's, who is given the folders. */
function areReached(socket: string, folders: string[]): boolean {
  if (!folders.every((path) => path.startsWith("/"))) return false;
  return isRoot()
    ? [socket, ...folders].every(isOpenToAll)
    : folders.every((path) => !exists(path) || canCreate(path));
}
