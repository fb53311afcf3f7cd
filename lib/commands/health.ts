/** `tandem health`: asks the running server for its ready path, as `curl` would in an image that has none. */

import { happensWithin, monotonicClock as clock } from "../host/system/clock.ts";
import { getStatus } from "../host/net/http.ts";
import { writeToStdout } from "../host/output/output.ts";
import { formatError, formatUrl } from "../plan/format.ts";
import type { Address } from "../plan/address.ts";
import type { Invocation } from "../plan/settings.ts";
import { findRunning } from "./running.ts";

/**
 * Longer than the 2 s that a hosting platform gives a ping, and shorter than the 30 s after which Docker kills a
 * HEALTHCHECK without a word: whoever asks decides, and still gets the reason.
 */
const HEALTH_MS = 5000;

interface Question {
  address: Address;
  path: string;
  /** What makes the answer mean less or more than it seems. */
  remark?: string;
}

export interface HealthAnswer {
  healthy: boolean;
  url: string;
  /** Absent when there was no answer. */
  status?: number;
  milliseconds: number;
  reason?: string;
  remark?: string;
}

/** @returns the exit status */
export async function health(request: Invocation): Promise<number> {
  const answer = await ask(questionFor(request));
  const { json } = request.options;
  writeToStdout(json ? `${JSON.stringify(answer)}\n` : `${describeHealth(answer)}\n`);
  return answer.healthy ? 0 : 1;
}

function questionFor(request: Invocation): Question {
  const { options: { url }, settings: { port, readyPath } } = request;
  if (url !== undefined) return readUrl(url);
  const byPort: Question = {
    address: { transport: "tcp", hostname: "127.0.0.1", port },
    path: readyPath,
  };
  const found = findRunning(request);
  if (found.kind === "none") return byPort;
  const { phase, ready } = found.state;
  const remark = phase === "serving" ? undefined : `tandem is ${phase}`;
  if (!ready) return { ...byPort, remark };
  return {
    ...ready,
    remark: remark ?? (ready.throughNginx ? undefined : "asked gunicorn: nginx has no plain HTTP"),
  };
}

/** @param url of the form that the flag insists on */
function readUrl(url: string): Question {
  const [, bracketed, name, port, path] =
    /^http:\/\/(?:\[([^\]]*)\]|([^:/]*))(?::(\d+))?(\/.*)?$/.exec(url) ?? [];
  return {
    address: { transport: "tcp", hostname: bracketed ?? name ?? "", port: Number(port ?? 80) },
    path: path ?? "/",
  };
}

async function ask({ address, path, remark }: Question): Promise<HealthAnswer> {
  const url = formatUrl(address, path);
  const begin = clock.now();
  const milliseconds = () => Math.round(clock.now() - begin);
  const giveUp = new AbortController();
  try {
    const asked = getStatus(address, path, giveUp.signal);
    // Connecting to a machine that is off cannot be called off, so it is left alone.
    if (await happensWithin(clock, HEALTH_MS, asked)) {
      const status = await asked;
      return { healthy: status === 200, url, status, milliseconds: milliseconds(), remark };
    }
    asked.catch(() => {});
    giveUp.abort();
    const reason = `no answer within ${HEALTH_MS / 1000} s`;
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
