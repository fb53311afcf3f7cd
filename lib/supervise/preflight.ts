/** Whatever would make the start fail later, said now, in one line each, with the mend. */

import { canRead, canWrite, isDirectory, readTextFile } from "../host/files.ts";
import { isListening } from "../host/http.ts";
import { holdPorts } from "../host/port_hold.ts";
import { capture, findExecutable } from "../host/processes.ts";
import type { Reaper } from "../host/reaper.ts";
import { readLivingInstance } from "../host/state_file.ts";
import { type ChildPlan, inForeground, type LaunchPlan } from "../plan/launch_plan.ts";
import { type Address, type NginxConfig, readNginxConfig } from "../plan/nginx_config.ts";
import { Refusal } from "./stop_cause.ts";
import type { CheckedNginx } from "./tools.ts";

/** The quick looks, before anything is started or changed. One line for each problem. */
export async function findProblems(plan: LaunchPlan, stateDir: string): Promise<string[]> {
  const { nginx, gunicorn, builtInConf, socket } = plan;
  const conf = nginx.args[1]!;
  const socketFolder = socket.slice(0, socket.lastIndexOf("/")) || "/";
  const running = readLivingInstance(stateDir);
  const problems = [
    running &&
    `tandem runs already (pid ${running}): stop it, or give this one its own --state-dir`,
    ...[nginx, gunicorn].map(executableProblem),
    !builtInConf && !canRead(conf) && `cannot read ${conf}: correct --nginx-conf`,
    !isDirectory(gunicorn.cwd) && `there is no folder ${gunicorn.cwd}: correct --chdir`,
    !isDirectory(socketFolder)
      ? `there is no folder ${socketFolder} for gunicorn's socket: make it, or correct --socket`
      : !canWrite(socketFolder) &&
        `cannot write to ${socketFolder}, where gunicorn makes its socket: correct --socket`,
    await isListening({ transport: "unix", path: socket }) &&
    `something answers on ${socket} already: stop it, or choose another --socket`,
  ];
  return problems.filter((problem) => typeof problem === "string");
}

function executableProblem({ name, executable }: ChildPlan): string | false {
  if (findExecutable(executable)) return false;
  return executable.includes("/")
    ? `${executable} is not there or not executable: correct --${name}`
    : `cannot find ${executable} on PATH: install ${name}, or say where it is with --${name}`;
}

/**
 * What nginx itself thinks of its conf. Slower, so it runs beside gunicorn's start.
 * @throws {Refusal} when nginx would not start with it, or not stay in the foreground
 */
export async function checkNginx(
  nginx: ChildPlan,
  reaper: Reaper,
  signal: AbortSignal,
): Promise<CheckedNginx> {
  const { daemon, listens } = await dumpConf(nginx, reaper, signal);
  if (daemon === "on") {
    throw new Refusal(
      "nginx.conf says `daemon on`, so nginx cannot be watched: take that line out",
    );
  }
  const answers = await Promise.all(listens.map(({ address }) => isListening(address)));
  const taken = listens.find((_, index) => answers[index]);
  if (taken) {
    throw new Refusal(`something answers on ${taken.text} already: stop it, or listen elsewhere`);
  }
  return {
    plan: inForeground(nginx, daemon),
    plainListen: listens.find(({ plainHttp }) => plainHttp),
  };
}

async function dumpConf(
  nginx: ChildPlan,
  reaper: Reaper,
  signal: AbortSignal,
): Promise<NginxConfig> {
  using _held = holdPorts(readListens(nginx.args[1]!));
  const { code, stdout, stderr } = await capture(
    nginx.executable,
    [...nginx.args, "-T"],
    reaper,
    signal,
  );
  signal.throwIfAborted();
  if (code !== 0) throw new Refusal(`nginx refuses its conf: ${firstComplaint(stderr)}`);
  return readNginxConfig(stdout);
}

/**
 * `nginx -T` listens for a moment, and would cut off a client who comes then instead of having it refused. What the
 * main file says is enough to keep it from that; nginx passes over a port that is taken when it only tests.
 */
function readListens(conf: string): Address[] {
  return readNginxConfig(readTextFile(conf)).listens.map(({ address }) => address);
}

/** @returns nginx's complaint when the conf would not do; nothing when it would */
export async function findConfComplaint(
  nginx: ChildPlan,
  reaper: Reaper,
): Promise<string | undefined> {
  const { code, stderr } = await capture(nginx.executable, [...nginx.args, "-t"], reaper);
  return code === 0 ? undefined : firstComplaint(stderr);
}

/** "nginx: [emerg] unknown directive …" without the marks; the first is the cause of the others. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const line = lines.find((line) => /\[(emerg|crit|alert)\]/.test(line)) ?? lines.at(-1);
  return line?.replace(/^.*?\[(emerg|crit|alert)\]\s*(\d+#\d+:\s*)?/, "") ?? "it does not say why";
}
