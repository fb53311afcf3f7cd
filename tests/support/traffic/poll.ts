/** A client that asks all the time while a pair starts, as load balancers and impatient callers do. */

import { pause } from "../waiting.ts";
import { ask } from "./http_client.ts";

/** Answers of the steady state that have to follow the first one. */
const STEADY = 50;

/** What each connection that was not refused came to, from the first moment on. */
export async function pollStart(port: number): Promise<string[]> {
  const answers: string[] = [];
  while (answers.length < STEADY) {
    try {
      answers.push(`${(await ask(port, "/ping")).status}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) answers.push(`${error}`);
      await pause(1);
    }
  }
  return answers;
}
