/** The names of the web platform, and recent built-ins of JavaScript. */

import { type Cases, until } from "./cases.ts";

const sleep = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export const web: Cases = () => ({
  "dynamic import, twice": async () => {
    const [first, second] = await Promise.all([import("./late.ts"), import("./late.ts")]);
    return [first.late, first === second];
  },
  "order of timers and microtasks": async () => {
    const order: string[] = [];
    setTimeout(() => order.push("30"), 30);
    setTimeout((...values: string[]) => order.push(...values), 5, "5", "with values");
    setTimeout(() => order.push("0"));
    queueMicrotask(() => order.push("microtask"));
    Promise.resolve().then(() => order.push("promise"));
    order.push("now");
    await until(() => order.length === 7);
    return order;
  },
  "clearTimeout and clearInterval": async () => {
    let count = 0;
    const once = setTimeout(() => count++, 1);
    clearTimeout(once);
    clearTimeout(once);
    clearTimeout(undefined);
    const again = setInterval(() => count++, 1);
    await until(() => count >= 3);
    clearInterval(again);
    const counted = count;
    await sleep(10);
    return count === counted;
  },
  "a timer older than 100,000 others": async () => {
    const old = sleep(5);
    for (let count = 0; count < 100_000; count++) clearTimeout(setTimeout(() => {}, 1000));
    await old;
    await sleep(1);
    return true;
  },
  "interval that clears itself": async () => {
    let count = 0;
    // On a busy machine two turns can take longer than a fixed pause.
    await new Promise<void>((resolve) => {
      const again = setInterval(() => {
        if (++count < 2) return;
        clearInterval(again);
        resolve();
      }, 1);
    });
    await sleep(20);
    return count;
  },
  "performance.now and timeOrigin": async () => {
    const start = performance.now();
    await sleep(20);
    const took = performance.now() - start;
    return [
      took >= 19.9,
      took < 2000,
      Math.abs(performance.timeOrigin + start - Date.now()) < 5000,
    ];
  },
  "encode": () =>
    ["", "aé€😀", "a\0b", "\ud800x\udc00"].map((text) => new TextEncoder().encode(text)),
  "decode": () =>
    [
      [],
      [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0],
      [0xef, 0xbb, 0xbf, 0x61],
      [0x61, 0xff, 0x62],
      [0xc0, 0x80],
      [0xe2, 0x82],
      [0xe2, 0x82, 0x41],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f, 0x98, 0x41],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe0, 0x80, 0xaf],
      [0xf8, 0x88, 0x80, 0x80, 0x80],
    ].map((bytes) => new TextDecoder().decode(new Uint8Array(bytes))),
  "decode in chunks": () => {
    const decoder = new TextDecoder();
    const pieces = [[0xef], [0xbb, 0xbf, 0xf0, 0x9f], [0x98], [0x80, 0xe2], [0x41]];
    const texts = pieces.map((bytes) => decoder.decode(new Uint8Array(bytes), { stream: true }));
    return [...texts, decoder.decode(new Uint8Array([0xe2, 0x82])), decoder.decode()];
  },
  "decode, ignoreBOM": () =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf])).length,
  "decode, fatal": () => new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])),
  "decode: no such encoding": () => new TextDecoder("utf-99"),
  "abort: listeners, onabort, reason": () => {
    const { signal, abort } = controller();
    const calls: string[] = [];
    const removed = () => calls.push("removed");
    signal.addEventListener("abort", () => calls.push("one"), { once: true });
    signal.addEventListener("abort", removed);
    signal.removeEventListener("abort", removed);
    signal.onabort = (event) => calls.push(`on${event.type}`);
    const before = signal.aborted;
    abort("why");
    abort("again");
    return [before, signal.aborted, signal.reason, calls];
  },
  "abort: default reason": () => {
    const { signal, abort } = controller();
    abort();
    signal.throwIfAborted();
  },
  "AbortSignal.abort": () => AbortSignal.abort("early").reason,
  "throwIfAborted: not aborted": () => new AbortController().signal.throwIfAborted(),
  "AbortSignal.timeout": async () => {
    const signal = AbortSignal.timeout(5);
    await until(() => signal.aborted);
    signal.throwIfAborted();
  },
  "AbortSignal.any": () => {
    const [one, two] = [controller(), controller()];
    const any = AbortSignal.any([one.signal, two.signal]);
    const calls: unknown[] = [];
    any.addEventListener("abort", () => calls.push(any.reason));
    two.abort("two");
    one.abort("one");
    const already = AbortSignal.any([one.signal, new AbortController().signal]);
    return [any.aborted, any.reason, calls, already.aborted, already.reason];
  },
  "withResolvers, allSettled, any": async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    resolve(1);
    const settled = await Promise.allSettled([promise, Promise.reject("no")]);
    return [settled, await Promise.any([Promise.reject(1), promise])];
  },
  "using": () => {
    const calls: string[] = [];
    {
      using _one = { [Symbol.dispose]: () => calls.push("one") };
      using _two = { [Symbol.dispose]: () => calls.push("two") };
      calls.push("body");
    }
    return calls;
  },
  "recent built-ins": () => [
    [1, 2, 3].at(-1),
    [1, 2, 3].findLast((number) => number < 3),
    [3, 1, 2].toSorted(),
    Object.hasOwn({ a: 1 }, "a"),
    Object.fromEntries([["a", 1]]),
    "a-b-c".replaceAll("-", "+"),
    new Error("x", { cause: "y" }).cause,
    typeof WeakRef,
    typeof globalThis,
  ],
});

function controller() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason?: unknown) => controller.abort(reason) };
}
