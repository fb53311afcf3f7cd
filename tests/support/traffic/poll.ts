/** A client that asks all the time while a pair starts, as load balancers and impatient callers do. */

import { pause } from "../waiting.ts";
import { ask } from "./http_client.ts";

/** Answers of the steady state that have to follow the first one. */
const STEADY = 50;

/**
 * What each connection that was not refused came to, from the first moment on.
 * @param server its port on 127.0.0.1, or the path of its unix socket
 */
export async function pollStart(server: number | string): Promise<string[]> {
  const answers: string[] = [];
  while (answers.length < STEADY) {
    try {
      answers.push(`${(await ask(server, "/ping")).status}`);
    } catch (error) {
      if (!isRefusal(error)) answers.push(`${error}`);
      await pause(1);
    }
  }
  return answers;
}

/** The path of a unix socket may be missing too. */
function isRefusal(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotFound;
}
