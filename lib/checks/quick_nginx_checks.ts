/** The quick rules on a conf that nginx accepts, which `serve` and `check` both run: no process, no change. */

import { folderAccess, isSamePath, socketFileState } from "../host/files/access.ts";
import { isListening } from "../host/net/http.ts";
import { isRoot } from "../host/system/environment.ts";
import { openFileLimit } from "../host/system/limits.ts";
import { findUser, firstClosedFolder } from "../host/system/users.ts";
import type { ConfSummary, Listen } from "../nginx/directives.ts";
import { findPaths, type NginxBuild, parseBuild } from "../nginx/paths.ts";
import { type Block, buildTree, findAll } from "../nginx/tree.ts";
import { findProxyLocations, type ProxyLocation } from "../nginx/upstreams.ts";
import { isSameAddress } from "../plan/address.ts";
import { flagValues } from "../plan/gunicorn_arguments.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { AcceptedConf } from "./nginx_test.ts";
import type { OwnPair } from "./own_pair.ts";
import { checkOpenFiles } from "./rules/capacity.ts";
import { checkDeferred, checkNginxProcesses, checkShutdownTimeout } from "./rules/conf.ts";
import { checkPort } from "./rules/deployment.ts";
import type { Finding } from "./rules/finding.ts";
import { checkListen } from "./rules/listens.ts";
import type { CheckedSocket } from "./rules/places.ts";
import { checkForgedHeaders } from "./rules/proxy_headers.ts";
import { checkUpstream } from "./rules/upstream.ts";
import { checkTempFolders, checkWorkerAccess } from "./rules/worker_access.ts";

export interface ParsedConf {
  config: ConfSummary;
  build: NginxBuild;
  root: Block;
  proxied: ProxyLocation[];
}

export function parseAcceptedConf({ files, version, config }: AcceptedConf): ParsedConf {
  const root = buildTree(files);
  return { config, build: parseBuild(version), root, proxied: findProxyLocations(root) };
}

/** @param own the running pair that is checked, if any; `serve` has none */
export async function checkAcceptedConf(
  conf: ParsedConf,
  plan: LaunchPlan,
  own?: OwnPair,
): Promise<Finding[]> {
  const { config, root, proxied } = conf;
  // Several servers may share an address.
  const listens = [...new Map(config.listens.map((listen) => [listen.text, listen])).values()];
  return [
    checkNginxProcesses(config, root),
    ...await Promise.all(
      listens.map(async (listen) => checkListen(listen, await findState(listen, own))),
    ),
    checkPort(config.listens, plan.unusedPort),
    checkUpstream(proxied, findBinds(plan), isSamePath),
    checkForgedHeaders(root),
    ...checkFolders(conf, plan),
    checkOpenFiles(root, openFileLimit()),
    checkDeferred(root),
    checkShutdownTimeout(root, plan.deadlines),
  ];
}

async function findState({ address }: Listen, own?: OwnPair): Promise<CheckedSocket> {
  if (own?.listens.some((listen) => isSameAddress(listen, address))) {
    return { kind: "own", pid: own.pid };
  }
  if (await isListening(address)) {
    const { findPortHolder } = await import("../host/net/port_holders.ts");
    return { kind: "live", holder: findPortHolder(address) };
  }
  return address.transport === "unix" ? socketFileState(address.path) : { kind: "nothing" };
}

export function findBinds({ gunicorn }: LaunchPlan): string[] {
  return flagValues(gunicorn.args, "-b", "--bind").flatMap((bind) => bind.split(","));
}

/** As root, nginx gives its temp folders to the workers' user; without root the workers run as the same user. */
function checkFolders({ root, build }: ParsedConf, { socket }: LaunchPlan): Finding[] {
  const { bodies } = findPaths(root, build);
  if (!isRoot()) {
    return [checkTempFolders(bodies.map((path) => ({ path, access: folderAccess(path) })))];
  }
  const name = findAll(root, "user").at(-1)?.args[0] ?? build.user;
  const user = findUser(name);
  if (!user) return [];
  const required = [
    { purpose: "gunicorn's socket", path: socket },
    ...bodies.map((path) => ({ purpose: "its temp folder", path })),
  ];
  return [
    checkWorkerAccess(
      user.name,
      required.map((entry) => ({ ...entry, closedFolder: firstClosedFolder(entry.path, user) })),
    ),
  ];
}
