/** Rules on the place that tandem runs in: its pid and the port that it is expected on. */

import type { Listen } from "../../nginx/directives.ts";
import { type Finding, ok, warning } from "./finding.ts";

export function checkPid(pid: number): Finding {
  return ok(
    "pid",
    pid === 1
      ? "PID 1: tandem reaps every orphan of the container"
      : "not PID 1: tandem reaps only the orphans of its children",
  );
}

/** @param isExplicit whether --port was given for a conf that is not the built-in one */
export function checkPort(listens: Listen[], port: number, isExplicit: boolean): Finding {
  const texts = [...new Set(listens.map(({ text }) => text))].join(", ");
  const isListenedOn = listens.some(({ address }) =>
    address.transport === "tcp" && address.port === port
  );
  return isExplicit && !isListenedOn
    ? warning(
      "port",
      `--port ${port} has an effect on the built-in nginx.conf only; this one listens on ${
        texts || "nothing"
      }`,
      "change its listen line, or remove --port",
    )
    : ok("port", `nginx listens on ${texts}`);
}
