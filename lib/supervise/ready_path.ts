/** Decides when the pair is ready: the ready path answers 200 through one of nginx's plain listen addresses. */

import type { Clock } from "../host/system/clock.ts";
import type { Listen } from "../nginx/directives.ts";
import { pollUntilAccepted, type Probe } from "./readiness.ts";

export interface ReadyProbes {
  /** nginx's addresses that take plain HTTP; empty if there is none. */
  listens: readonly Listen[];
  probeListen(listen: Listen): Probe;
  probeApp: Probe;
  /** Called with each status other than 200 that says the pair is not ready. */
  onRefused(status: number): void;
  /** Called with the time for which a question has had no answer. */
  onUnanswered(milliseconds: number): void;
}

/** nginx listens 10 ms after its start. An address that still takes no connection then is out of reach from here. */
const UNREACHABLE_AFTER_MS = 3000;

/**
 * Asks every listen address by itself, so one that hangs does not delay the others. An address tells nothing about
 * the app if it redirects, closes the connection without an answer, does not answer, or cannot be reached. If all of
 * them are such, the app's own answer decides, unless one of them answers after all.
 * @returns the address that answered 200; `undefined` if the app's own answer decided
 * @throws the signal's reason when it aborts
 */
export async function untilReady(
  { listens, probeListen, probeApp, onRefused, onUnanswered }: ReadyProbes,
  clock: Clock,
  signal: AbortSignal,
): Promise<Listen | undefined> {
  const start = clock.now();
  const silent = new Set<Listen>();
  const over = new AbortController();
  const anySignal = AbortSignal.any([signal, over.signal]);

  const asked = listens.map(async (listen) => {
    await poll((signal) => askThrough(listen, signal), () => silent.add(listen));
    return listen;
  });
  const askedApp = poll((signal) => askApp(signal)).then(() => undefined);
  try {
    return await Promise.race([...asked, askedApp]);
  } finally {
    over.abort(signal.reason ?? "the pair is ready");
    for (const other of [...asked, askedApp]) other.catch(() => {});
  }

  function poll(probe: Probe, onSilence?: () => void): Promise<void> {
    const accept = (status: number) => status === 200;
    const onLongWait = (milliseconds: number) => {
      onSilence?.();
      onUnanswered(milliseconds);
    };
    const target = { probe, accept, onRefused, onUnanswered: onLongWait };
    return pollUntilAccepted(target, clock, anySignal);
  }

  async function askThrough(listen: Listen, signal: AbortSignal): Promise<number> {
    let isConnected = false;
    try {
      const status = await probeListen(listen)(signal, () => isConnected = true);
      if (status < 300 || status > 399) {
        silent.delete(listen);
        return status;
      }
    } catch {
      if (!isConnected && clock.now() - start < UNREACHABLE_AFTER_MS) throw new Error("no answer");
    }
    silent.add(listen);
    throw new Error(`${listen.text} tells nothing about the app`);
  }

  async function askApp(signal: AbortSignal): Promise<number> {
    if (silent.size < listens.length) throw new Error("nginx's answer decides");
    return await probeApp(signal);
  }
}
