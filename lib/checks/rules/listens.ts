/** The rule on an address that nginx is to listen on. */

import type { Listen } from "../../nginx/directives.ts";
import { failed, type Finding, ok } from "./finding.ts";
import type { CheckedSocket } from "./places.ts";

/** @param state what is there now; of a port only that somebody listens, or nothing */
export function checkListen({ text }: Listen, state: CheckedSocket): Finding {
  const name = `listen ${text}`;
  switch (state.kind) {
    case "own":
      return ok(name, `the nginx of pid ${state.pid} listens on ${text}`);
    case "nothing":
      return ok(name, `${text} is free`);
    case "stale":
      // nginx itself would fail after 2.5 s.
      return ok(name, `${text} is stale, left by an earlier run: serve removes it`);
    case "live":
      return failed(
        name,
        `${text} is in use (${state.holder})`,
        "stop that process, or change the listen line",
      );
    case "stale, another's":
      return failed(
        name,
        `${text} is stale and belongs to ${state.owner}, so nginx cannot listen there`,
        "remove it, or change the listen line",
      );
    case "no socket":
      return failed(
        name,
        `${text} exists and is not a socket, so nginx cannot listen there`,
        "remove it, or change the listen line",
      );
  }
}
