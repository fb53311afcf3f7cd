/** Reserves free ports across all threads and processes of the tests. */

export interface ReservedPort extends Disposable {
  readonly number: number;
}

/** Below 32768, where Linux's default range for outgoing connections begins. */
const LOWEST = 10_000;
const HIGHEST = 32_000;

/**
 * Listens on the next port until disposal, as a lock, which the kernel releases even if the test crashes.
 */
export function reservePort(): ReservedPort {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const number = LOWEST + 2 * Math.floor(Math.random() * (HIGHEST - LOWEST) / 2);
    const guard = tryListen("127.0.0.1", number + 1);
    if (!guard) continue;
    const probe = tryListen("0.0.0.0", number);
    if (!probe) {
      guard.close();
      continue;
    }
    probe.close();
    return { number, [Symbol.dispose]: () => guard.close() };
  }
  throw new Error(`Cannot find a free port from ${LOWEST} to ${HIGHEST}`);
}

function tryListen(hostname: string, port: number): Deno.Listener | undefined {
  try {
    return Deno.listen({ hostname, port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}

/** Whether a process accepts connections on it. */
export async function isTaken(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
