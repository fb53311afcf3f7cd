/** Sends systemd what it is to know of the run, in the order in which it happened, however busy systemd is. */

import type { Clock } from "../system/clock.ts";
import { cString, libc } from "../system/libc.ts";

const READY = "READY=1";
/** A busy systemd empties its queue within this time; one that does not is asked less and less often. */
const RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;

export class NotifySocket {
  /** States of the unit, such as "RELOADING=1", that are still to be sent. */
  #states: string[] = [];
  /** What else is still to be sent, such as STATUS; of each, only the latest value matters. */
  readonly #facts = new Map<string, string>();
  #isRetrying = false;
  readonly #closed = new AbortController();

  /** @param send returns whether the datagram was sent */
  constructor(private readonly send: (text: string) => boolean, private readonly clock: Clock) {}

  /** @param facts told at the same moment as the state */
  enter(state: string, facts: Record<string, string>): void {
    // A later state replaces those that systemd has not heard of yet, but the unit starts by its READY.
    if (state !== READY) this.#states = this.#states.slice(0, this.#states[0] === READY ? 1 : 0);
    this.#states.push(state);
    this.tell(facts);
  }

  tell(facts: Record<string, string>): void {
    for (const [name, value] of Object.entries(facts)) this.#facts.set(name, value);
    if (!this.#isRetrying && !this.#flush()) this.#retry();
  }

  /** What is still to be sent is not. */
  close(): void {
    this.#closed.abort();
  }

  /** @returns whether nothing is left to send */
  #flush(): boolean {
    while (this.#states.length + this.#facts.size > 0) {
      const [state, ...others] = this.#states;
      const facts = others.length ? [] : [...this.#facts];
      const lines = [...state ? [state] : [], ...facts.map(([name, value]) => `${name}=${value}`)];
      if (!this.send(lines.join("\n"))) return false;
      this.#states = others;
      if (others.length === 0) this.#facts.clear();
    }
    return true;
  }

  async #retry(): Promise<void> {
    this.#isRetrying = true;
    try {
      for (let pause = RETRY_MS;; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
        await this.clock.sleep(pause, this.#closed.signal);
        if (this.#flush()) break;
      }
    } catch {
      return; // Closed.
    }
    this.#isRetrying = false;
  }
}

const AF_UNIX = 1;
/** With SOCK_CLOEXEC, so that no child inherits it. */
const SOCK_DGRAM = 2 | 0o2000000;
const MSG_DONTWAIT = 0x40;

/** @returns whether it was sent; without a reader tandem still serves */
export function sendDatagram(address: string, text: string): boolean {
  const socket = libc().socket(AF_UNIX, SOCK_DGRAM, 0);
  if (socket < 0) return false;
  const message = new TextEncoder().encode(text);
  const name = unixAddress(address);
  const size = BigInt(message.length);
  const sent = libc().sendto(socket, message, size, MSG_DONTWAIT, name, name.length);
  libc().close(socket);
  return Number(sent) >= 0;
}

/** A `sockaddr_un`, no longer than its path; a leading @ stands for the NUL of an abstract address (sd_notify(3)). */
function unixAddress(path: string): Uint8Array<ArrayBuffer> {
  const isAbstract = path.startsWith("@");
  const name = isAbstract ? new TextEncoder().encode(`\0${path.slice(1)}`) : cString(path);
  const address = new Uint8Array(2 + name.length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  return address;
}
