/** `tandem health`: requests the ready path of the running server, for health checks in images without curl. */

import { lostSocket } from "../host/files/socket_file.ts";
import { happensWithin, monotonicClock as clock } from "../host/system/clock.ts";
import { getStatus } from "../host/net/http.ts";
import { writeToStdout } from "../host/output/output.ts";
import { formatError, formatUrl } from "../plan/format.ts";
import { type Address, describeLostSocket } from "../plan/address.ts";
import { HEALTH_MS } from "../plan/health_times.ts";
import type { Invocation } from "../plan/settings.ts";
import { findRunning } from "./running.ts";

interface HealthRequest {
  address: Address;
  path: string;
  /** Qualifies the answer: "tandem is starting". */
  remark?: string;
  /** Whether 200 counts as healthy: not while draining, when load balancers are to look away. */
  mayBeHealthy: boolean;
}

export interface HealthAnswer {
  healthy: boolean;
  url: string;
  /** `undefined` if there was no answer. */
  status?: number;
  milliseconds: number;
  reason?: string;
  remark?: string;
}

/** @returns the exit status */
export async function health(invocation: Invocation): Promise<number> {
  const { json, timeout } = invocation.options;
  const patience = timeout === undefined ? HEALTH_MS : timeout * 1000;
  const answer = await send(healthRequest(invocation), patience);
  writeToStdout(json ? `${JSON.stringify(answer)}\n` : `${describeHealth(answer)}\n`);
  return answer.healthy ? 0 : 1;
}

function healthRequest(invocation: Invocation): HealthRequest {
  const { options: { url, ready: mustServe = false }, settings: { port, readyPath } } = invocation;
  const asked: HealthRequest = {
    ...url === undefined
      ? { address: { transport: "tcp", hostname: "127.0.0.1", port }, path: readyPath }
      : parseUrl(url),
    mayBeHealthy: !mustServe,
  };
  if (url !== undefined && !mustServe) return asked;
  const found = findRunning(invocation);
  if (found.kind === "none") {
    return mustServe ? { ...asked, remark: "no running tandem was found" } : asked;
  }
  const { phase, ready, socket, socketIdentity } = found.state;
  const loss = !found.unseen && socketIdentity && lostSocket(socket, socketIdentity);
  const remark = phase !== "serving"
    ? `tandem is ${phase}`
    : loss
    ? describeLostSocket(socket, loss)
    : undefined;
  const mayBeHealthy = mustServe ? phase === "serving" : phase !== "draining";
  if (!ready || url !== undefined) return { ...asked, remark, mayBeHealthy };
  return {
    ...ready,
    mayBeHealthy,
    remark: remark ??
      (ready.throughNginx ? undefined : "asked gunicorn directly: nginx has no plain HTTP listen"),
  };
}

/** @param url already checked: `localUrl` is the type of the flag */
function parseUrl(url: string): Pick<HealthRequest, "address" | "path"> {
  const [, ipv6, name, port, path] =
    /^http:\/\/(?:\[([^\]]*)\]|([^:/]*))(?::(\d+))?(\/.*)?$/.exec(url) ?? [];
  return {
    address: { transport: "tcp", hostname: ipv6 ?? name ?? "", port: Number(port ?? 80) },
    path: path ?? "/",
  };
}

async function send(
  { address, path, remark, mayBeHealthy }: HealthRequest,
  patience: number,
): Promise<HealthAnswer> {
  const url = formatUrl(address, path);
  const begin = clock.now();
  const milliseconds = () => Math.round(clock.now() - begin);
  const abort = new AbortController();
  try {
    const answer = getStatus(address, path, abort.signal);
    // A pending connect cannot be aborted, so the promise may never settle and is not awaited after the timeout.
    if (await happensWithin(clock, patience, answer)) {
      const status = await answer;
      const healthy = status === 200 && mayBeHealthy;
      return { healthy, url, status, milliseconds: milliseconds(), remark };
    }
    answer.catch(() => {});
    abort.abort();
    const reason = `no answer within ${patience / 1000} s`;
    return { healthy: false, url, milliseconds: milliseconds(), reason, remark };
  } catch (error) {
    const reason = formatError(error);
    return { healthy: false, url, milliseconds: milliseconds(), reason, remark };
  }
}

export function describeHealth(answer: HealthAnswer): string {
  const { healthy, url, status, milliseconds, reason, remark } = answer;
  const outcome = status === undefined ? `: ${reason}` : ` answers ${status} in ${milliseconds} ms`;
  const verdict = healthy ? "healthy" : "unhealthy";
  return `${verdict}: GET ${url}${outcome}${remark ? ` (${remark})` : ""}`;
}
