/** Rules on the place that tandem runs in: its pid, and where and how it is expected to serve. */

import type { ServiceUnit } from "../../host/machine/service_unit.ts";
import type { Listen } from "../../nginx/directives.ts";
import type { LaunchPlan } from "../../plan/launch_plan.ts";
import { type Finding, ok, warning } from "./finding.ts";

export function checkPid(pid: number): Finding {
  return ok(
    "pid",
    pid === 1
      ? "PID 1: tandem reaps every orphan of the container"
      : "not PID 1: tandem reaps only the orphans of its children",
  );
}

/** systemd's default signals every process of the service at once, so requests in flight are lost. */
export function checkKillMode({ name, killMode, hasStopCommand }: ServiceUnit): Finding {
  const isLeftToTandem = ["mixed", "process"].includes(killMode) || hasStopCommand;
  const found = `${name} has KillMode=${killMode}`;
  if (isLeftToTandem) return ok("systemd", `${found}: tandem itself stops nginx and gunicorn`);
  return warning(
    "systemd",
    killMode === "none"
      ? `${found}: systemd does not ask tandem to stop`
      : `${found}: a stop signals nginx and gunicorn beside tandem, so requests in flight are lost`,
    "set KillMode=mixed in its [Service] section",
  );
}

export function checkPort(listens: Listen[], requested: LaunchPlan["unusedPort"]): Finding {
  const texts = [...new Set(listens.map(({ text }) => text))].join(", ");
  const isListenedOn = listens.some(({ address }) =>
    address.transport === "tcp" && address.port === requested?.port
  );
  return requested && !isListenedOn
    ? warning(
      "port",
      `${requested.name} ${requested.port} has an effect on the built-in nginx.conf only; this one listens on ${
        texts || "nothing"
      }`,
      `change its listen line, or remove ${requested.name}`,
    )
    : ok("port", `nginx listens on ${texts}`);
}

/** PID 1 is in a container, to whose loopback interface no client outside has access. */
export function checkLoopback(listens: Listen[], pid: number): Finding {
  const name = "loopback";
  const texts = [...new Set(listens.map(({ text }) => text))];
  const isLoopback = (text: string) => /^(127\.|\[::1\]|localhost(:|$))/.test(text);
  return pid === 1 && texts.length > 0 && texts.every(isLoopback)
    ? warning(
      name,
      `nginx listens on ${
        texts.join(" and ")
      } only, which no client outside of the container reaches`,
      "listen on the port alone, unless all clients are in the same pod",
    )
    : ok(name, texts.join(" and ") || "nginx listens on nothing");
}
