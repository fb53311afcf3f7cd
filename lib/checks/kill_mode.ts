/** The check of how systemd stops the service that tandem runs in. */

import { readServiceUnit } from "../host/machine/service_unit.ts";
import type { Log } from "../log.ts";
import { checkKillMode } from "./rules/deployment.ts";
import { type Finding, formatFinding } from "./rules/finding.ts";

/** Empty outside of a service. */
export function checkOwnKillMode(): Finding[] {
  const unit = readServiceUnit();
  return unit ? [checkKillMode(unit)] : [];
}

export function warnOfKillMode(log: Log): void {
  for (const finding of checkOwnKillMode()) {
    if (finding.result !== "ok") log.warning("systemd", formatFinding(finding));
  }
}
