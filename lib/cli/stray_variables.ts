/** Finds the variables that begin with TANDEM_ and set nothing. */

import { escapeControls } from "../plan/format.ts";
import type { StrayVariables } from "../plan/settings.ts";
import { suggestWords } from "./did_you_mean.ts";
import { settingsTable } from "./settings.ts";
import { type Setting, variableOf } from "./settings/setting.ts";

const PREFIX = "TANDEM_";

/** An empty variable counts as unset. */
export function findStrayVariables(env: Readonly<Record<string, string>>): StrayVariables {
  const unknown: StrayVariables["unknown"][number][] = [];
  const ofServices: string[] = [];
  const flags = (Object.values(settingsTable) as Setting<unknown>[]).map(({ flag }) => flag);
  for (const name of Object.keys(env).filter((name) => name.startsWith(PREFIX)).sort()) {
    const value = env[name];
    if (!value) continue;
    const flag = name.slice(PREFIX.length).toLowerCase().replaceAll("_", "-");
    if (isOfService(name, value)) ofServices.push(name);
    else if (variableOf(flag) !== name || !flags.includes(flag)) {
      unknown.push({
        name: escapeControls(name),
        meant: suggestWords(flag, flags).map(variableOf),
      });
    }
  }
  return { unknown, ofServices };
}

const SERVICE_NAME =
  /^TANDEM(_\w+)?_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const SERVICE_URL = /^(tcp|udp|sctp):\/\//;

/**
 * Kubernetes sets such variables in every container for each Service of the namespace, `TANDEM_PORT=tcp://10.0.0.1:80`
 * for one that is called tandem: "Discovering services" in its documentation.
 */
export function isOfService(name: string, value: string): boolean {
  return SERVICE_NAME.test(name) ||
    (/^TANDEM(_\w+)?_PORT$/.test(name) && SERVICE_URL.test(value));
}
