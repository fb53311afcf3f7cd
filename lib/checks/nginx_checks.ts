/** Looks at what a conf that nginx takes means on this machine. */

import { isRoot } from "../host/system/environment.ts";
import { findHolder } from "../host/net/port_holders.ts";
import { isListening } from "../host/net/http.ts";
import { openFileLimit } from "../host/system/limits.ts";
import { isSamePath, lookAtFolder } from "../host/files/access.ts";
import { findUser, firstClosedFolder } from "../host/system/users.ts";
import { valuesOf } from "../plan/gunicorn_arguments.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { NginxConfig } from "../nginx/directives.ts";
import { type NginxBuild, readBuild, readPaths } from "../nginx/paths.ts";
import { type Block, findAll, readTree, splitDump } from "../nginx/tree.ts";
import { findProxied, type Proxied } from "../nginx/upstreams.ts";
import { judgeOpenFiles } from "./rules/capacity.ts";
import { judgeDaemon, judgeDeferred, judgeShutdownTimeout } from "./rules/conf.ts";
import type { Finding } from "./rules/finding.ts";
import { judgeListen } from "./rules/listens.ts";
import { judgePassage, judgeTempFolders } from "./rules/worker_access.ts";
import { judgeUpstream } from "./rules/upstream.ts";
import type { AcceptedConf } from "./nginx_test.ts";

export interface NginxView {
  config: NginxConfig;
  build: NginxBuild;
  root: Block;
  proxied: Proxied[];
}

export function readView({ dump, told, config }: AcceptedConf): NginxView {
  const root = readTree(splitDump(dump));
  return { config, build: readBuild(told), root, proxied: findProxied(root) };
}

/** What would keep a valid conf from serving, and what would lose requests. None of it takes a process. */
export async function judgeNginx(view: NginxView, plan: LaunchPlan): Promise<Finding[]> {
  const { config, root, proxied } = view;
  // Several servers may share an address.
  const listens = [...new Map(config.listens.map((listen) => [listen.text, listen])).values()];
  const answers = await Promise.all(listens.map(({ address }) => isListening(address)));
  return [
    judgeDaemon(config.daemon),
    ...listens.map((listen, index) =>
      judgeListen(listen, answers[index] ? findHolder(listen.address) : undefined)
    ),
    judgeUpstream(proxied, bindsOf(plan), isSamePath),
    ...judgeWays(view, plan),
    judgeOpenFiles(root, openFileLimit()),
    judgeDeferred(root),
    judgeShutdownTimeout(root, plan.deadlines),
  ];
}

function bindsOf({ gunicorn }: LaunchPlan): string[] {
  return valuesOf(gunicorn.args, "-b", "--bind").flatMap((bind) => bind.split(","));
}

/** As root nginx gives the folders to its workers' user, who has to come there; as another user it can give nothing. */
function judgeWays({ root, build }: NginxView, { socket }: LaunchPlan): Finding[] {
  const { bodies } = readPaths(root, build);
  if (!isRoot()) {
    return [judgeTempFolders(bodies.map((path) => ({ path, room: lookAtFolder(path) })))];
  }
  const name = findAll(root, "user").at(-1)?.args[0] ?? build.user;
  const user = findUser(name);
  if (!user) return [];
  const ways = [
    { to: "gunicorn's socket", path: socket },
    ...bodies.map((path) => ({ to: "its temp folder", path })),
  ];
  return [
    judgePassage(
      user.name,
      ways.map((way) => ({ ...way, closed: firstClosedFolder(way.path, user) })),
    ),
  ];
}
