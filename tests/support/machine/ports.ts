/** Free ports that no other test takes, whichever thread or process it runs in. */

export interface ReservedPort extends Disposable {
  readonly number: number;
}

/** Below the range from which Linux gives ports to outgoing connections. */
const LOWEST = 10_000;
const HIGHEST = 32_000;

/**
 * The port after each reserved one is held open for as long as the reservation lasts: a lock that the kernel
 * itself takes back, even from a test that crashed.
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

/** Whether somebody accepts connections there. */
export async function isTaken(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
