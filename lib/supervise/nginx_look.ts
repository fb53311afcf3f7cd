/** Asks nginx for its conf as nginx reads it, and looks at what that means on this machine. */

import { readTextFile } from "../host/files.ts";
import { findHolder } from "../host/holders.ts";
import { isListening } from "../host/http.ts";
import { holdPorts } from "../host/port_hold.ts";
import { openFileLimit } from "../host/process_limits.ts";
import { capture } from "../host/processes.ts";
import type { Reaper } from "../host/reaper.ts";
import { isSamePath, lookAtFolder } from "../host/room.ts";
import { findUser, firstClosedFolder, isRoot } from "../host/users.ts";
import { valuesOf } from "../plan/gunicorn_arguments.ts";
import type { ChildPlan, LaunchPlan } from "../plan/launch_plan.ts";
import { type Address, type NginxConfig, readNginxConfig } from "../plan/nginx_config.ts";
import { type NginxBuild, readBuild, readPaths } from "../plan/nginx_paths.ts";
import { type Block, findAll, readTree, splitDump } from "../plan/nginx_tree.ts";
import { findProxied, type Proxied } from "../plan/proxied.ts";
import { judgeOpenFiles } from "./checks/capacity.ts";
import { judgeDaemon, judgeDeferred, judgeShutdownTimeout } from "./checks/conf.ts";
import type { Finding } from "./checks/finding.ts";
import { judgeListen } from "./checks/listens.ts";
import { judgePassage, judgeTempFolders } from "./checks/passage.ts";
import { judgeUpstream } from "./checks/upstream.ts";

export interface NginxView {
  kind: "accepted";
  config: NginxConfig;
  build: NginxBuild;
  root: Block;
  proxied: Proxied[];
}

export type NginxAnswer = NginxView | { kind: "refused"; complaint: string };

/** `-V` beside `-T` costs nothing: nginx tells how it was built, then goes on. */
export async function askNginx(
  nginx: ChildPlan,
  reaper: Reaper,
  signal?: AbortSignal,
): Promise<NginxAnswer> {
  using _held = holdPorts(readListens(nginx.args[1]!));
  const { code, stdout, stderr } = await capture(
    nginx.executable,
    [...nginx.args, "-V", "-T"],
    reaper,
    signal,
  );
  return code === 0
    ? readView(stdout, stderr)
    : { kind: "refused", complaint: firstComplaint(stderr) };
}

/**
 * `nginx -T` listens for a moment, and would cut off a client who comes then instead of having it refused. What the
 * main file says is enough to keep it from that; nginx passes over a port that is taken when it only tests.
 */
function readListens(conf: string): Address[] {
  return readNginxConfig(readTextFile(conf)).listens.map(({ address }) => address);
}

/** @param dump of `-T` @param told of `-V` */
export function readView(dump: string, told: string): NginxView {
  const root = readTree(splitDump(dump));
  return {
    kind: "accepted",
    config: readNginxConfig(dump),
    build: readBuild(told),
    root,
    proxied: findProxied(root),
  };
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

/** "nginx: [emerg] unknown directive …" without the marks; the first is the cause of the others. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const line = lines.find((line) => /\[(emerg|crit|alert)\]/.test(line)) ?? lines.at(-1);
  return line?.replace(/^.*?\[(emerg|crit|alert)\]\s*(\d+#\d+:\s*)?/, "") ?? "it does not say why";
}
