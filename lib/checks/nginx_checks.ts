/** Looks at what a conf that nginx takes means on this machine. */

import { isRoot } from "../host/system/environment.ts";
import { findPortHolder } from "../host/net/port_holders.ts";
import { isListening } from "../host/net/http.ts";
import { openFileLimit } from "../host/system/limits.ts";
import { folderAccess, isSamePath } from "../host/files/access.ts";
import { findUser, firstClosedFolder } from "../host/system/users.ts";
import { flagValues } from "../plan/gunicorn_arguments.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { ConfSummary } from "../nginx/directives.ts";
import { findPaths, type NginxBuild, parseBuild } from "../nginx/paths.ts";
import { type Block, findAll, parseTree, splitDump } from "../nginx/tree.ts";
import { findProxyLocations, type ProxyLocation } from "../nginx/upstreams.ts";
import { checkOpenFiles } from "./rules/capacity.ts";
import { checkDeferred, checkNginxDaemon, checkShutdownTimeout } from "./rules/conf.ts";
import type { Finding } from "./rules/finding.ts";
import { checkListen } from "./rules/listens.ts";
import { checkTempFolders, checkWorkerAccess } from "./rules/worker_access.ts";
import { checkUpstream } from "./rules/upstream.ts";
import type { AcceptedConf } from "./nginx_test.ts";

export interface ParsedConf {
  config: ConfSummary;
  build: NginxBuild;
  root: Block;
  proxied: ProxyLocation[];
}

export function parseAcceptedConf({ dump, told, config }: AcceptedConf): ParsedConf {
  const root = parseTree(splitDump(dump));
  return { config, build: parseBuild(told), root, proxied: findProxyLocations(root) };
}

/** What would keep a valid conf from serving, and what would lose requests. None of it takes a process. */
export async function checkAcceptedConf(view: ParsedConf, plan: LaunchPlan): Promise<Finding[]> {
  const { config, root, proxied } = view;
  // Several servers may share an address.
  const listens = [...new Map(config.listens.map((listen) => [listen.text, listen])).values()];
  const answers = await Promise.all(listens.map(({ address }) => isListening(address)));
  return [
    checkNginxDaemon(config.daemon),
    ...listens.map((listen, index) =>
      checkListen(listen, answers[index] ? findPortHolder(listen.address) : undefined)
    ),
    checkUpstream(proxied, bindsOf(plan), isSamePath),
    ...judgeWays(view, plan),
    checkOpenFiles(root, openFileLimit()),
    checkDeferred(root),
    checkShutdownTimeout(root, plan.deadlines),
  ];
}

function bindsOf({ gunicorn }: LaunchPlan): string[] {
  return flagValues(gunicorn.args, "-b", "--bind").flatMap((bind) => bind.split(","));
}

/** As root nginx gives the folders to its workers' user, who has to come there; as another user it can give nothing. */
function judgeWays({ root, build }: ParsedConf, { socket }: LaunchPlan): Finding[] {
  const { bodies } = findPaths(root, build);
  if (!isRoot()) {
    return [checkTempFolders(bodies.map((path) => ({ path, room: folderAccess(path) })))];
  }
  const name = findAll(root, "user").at(-1)?.args[0] ?? build.user;
  const user = findUser(name);
  if (!user) return [];
  const ways = [
    { to: "gunicorn's socket", path: socket },
    ...bodies.map((path) => ({ to: "its temp folder", path })),
  ];
  return [
    checkWorkerAccess(
      user.name,
      ways.map((way) => ({ ...way, closed: firstClosedFolder(way.path, user) })),
    ),
  ];
}
