/** AbortController and AbortSignal by the DOM standard, without its events' other fields. */

import { host } from "./host.ts";

const codes: Record<string, number> = { AbortError: 20, TimeoutError: 23 };

export class DOMException extends Error {
  readonly code: number;

  constructor(message = "", override readonly name = "Error") {
    super(message);
    this.code = codes[name] ?? 0;
  }
}

interface AbortEvent {
  type: "abort";
  target: AbortSignal;
}
type Listener = ((event: AbortEvent) => void) | { handleEvent(event: AbortEvent): void };

/** The key of the method that only a controller, a timer or another signal calls. */
const abort = Symbol("abort");

export class AbortSignal {
  aborted = false;
  reason: unknown = undefined;
  #onabort: Listener | null = null;
  readonly #listeners = new Set<Listener>();
  /**
   * The signals that `any` derived from this one. Weak, because a signal may live as long as the
   * program and be the source of thousands; those with listeners are also in #kept.
   */
  readonly #followers = new Set<WeakRef<AbortSignal>>();
  readonly #kept = new Set<AbortSignal>();
  readonly #sources: AbortSignal[] = [];

  get onabort(): Listener | null {
    return this.#onabort;
  }

  set onabort(listener: Listener | null) {
    if (this.#onabort) this.removeEventListener("abort", this.#onabort);
    this.#onabort = listener;
    if (listener) this.addEventListener("abort", listener);
  }

  /** `once` needs no handling: a signal aborts only once. */
  addEventListener(type: string, listener: Listener, _options?: { once?: boolean }): void {
    if (type !== "abort" || this.aborted) return;
    this.#listeners.add(listener);
    for (const source of this.#sources) source.#kept.add(this);
  }

  removeEventListener(type: string, listener: Listener): void {
    if (type !== "abort") return;
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#releaseFromSources();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  #releaseFromSources(): void {
    for (const source of this.#sources) source.#kept.delete(this);
  }

  #follow(source: AbortSignal): void {
    for (const known of source.#followers) {
      if (!known.deref()) source.#followers.delete(known);
    }
    source.#followers.add(new WeakRef(this));
    this.#sources.push(source);
  }

  [abort](reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason ?? new DOMException("The signal has been aborted", "AbortError");
    const followers = [...this.#followers].map((follower) => follower.deref());
    this.#releaseFromSources();
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      this.#call(listener);
    }
    for (const follower of followers) follower?.[abort](this.reason);
    this.#followers.clear();
  }

  /** An exception ends the program as an uncaught error; the other listeners still run. */
  #call(listener: Listener): void {
    const event: AbortEvent = { type: "abort", target: this };
    try {
      if (typeof listener === "function") listener.call(this as never, event);
      else listener.handleEvent(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal();
    signal[abort](reason);
    return signal;
  }

  static timeout(milliseconds: number): AbortSignal {
    const signal = new AbortSignal();
    const expire = () => signal[abort](new DOMException("Signal timed out.", "TimeoutError"));
    host.addTimer(milliseconds, expire, false);
    return signal;
  }

  static any(sources: Iterable<AbortSignal>): AbortSignal {
    const signal = new AbortSignal();
    const all = [...sources];
    const aborted = all.find((source) => source.aborted);
    if (aborted) signal[abort](aborted.reason);
    else for (const source of all) signal.#follow(source);
    return signal;
  }
}

export class AbortController {
  readonly signal = new AbortSignal();

  abort(reason?: unknown): void {
    this.signal[abort](reason);
  }
}
