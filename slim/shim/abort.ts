/** AbortController and AbortSignal, by the rules of the DOM standard as far as programs without a DOM can tell. */

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

/** What only a controller, a timer or another signal may do. */
const abort = Symbol("abort");

export class AbortSignal {
  aborted = false;
  reason: unknown = undefined;
  #onabort: Listener | null = null;
  readonly #listeners = new Set<Listener>();
  /**
   * Signals that `any` made of this one, weakly: this one may live as long as the program, and be a part of
   * very many. Those that are listened to are kept for as long as they are.
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

  /** Aborting comes once, so that `once` makes no difference. */
  addEventListener(type: string, listener: Listener, _options?: { once?: boolean }): void {
    if (type !== "abort" || this.aborted) return;
    this.#listeners.add(listener);
    for (const source of this.#sources) source.#kept.add(this);
  }

  removeEventListener(type: string, listener: Listener): void {
    if (type !== "abort") return;
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#letGo();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  #letGo(): void {
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
    this.#letGo();
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      this.#call(listener);
    }
    for (const follower of followers) follower?.[abort](this.reason);
    this.#followers.clear();
  }

  /** A listener that throws ends the program, but keeps none of the others from being called. */
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
    host.timer(milliseconds, expire, false);
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
