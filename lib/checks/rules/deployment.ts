import type { Listen } from "../../nginx/directives.ts";
import { type Finding, ok, warning } from "./finding.ts";

export function checkPid(pid: number): Finding {
  return ok(
    "pid",
    pid === 1
      ? "PID 1: every orphan of the container is reaped"
      : "not PID 1: only orphans of the two children are reaped",
  );
}

/** @param isAsked whether somebody said --port, so that it is meant to have an effect */
export function checkPort(listens: Listen[], port: number, isAsked: boolean): Finding {
  const texts = [...new Set(listens.map(({ text }) => text))].join(", ");
  const isHeard = listens.some(({ address }) =>
    address.transport === "tcp" && address.port === port
  );
  return isAsked && !isHeard
    ? warning(
      "port",
      `--port ${port} is only for the built-in nginx.conf; this one listens on ${
        texts || "nothing"
      }`,
      "correct its listen line",
    )
    : ok("port", `nginx listens on ${texts}`);
}
