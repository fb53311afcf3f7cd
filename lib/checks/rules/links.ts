/** The rule on the links that lead nginx's log files to stdout and stderr. */

import type { LinkState } from "../../host/files/log_link_state.ts";
import type { LinkPlan } from "../../plan/launch_plan.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** Also in the image of a tandem that may not write to the folder of the logs when it runs. */
export const LINK_AT_BUILD = "run `tandem link-logs` when the image is built";

/** @param isBuiltInConf whether nginx's conf is the built-in one, which does not need the links */
export function checkLink(
  { path, target }: LinkPlan,
  state: LinkState,
  isBuiltInConf = false,
): Finding {
  const name = `link ${path.slice(path.lastIndexOf("/") + 1)}`;
  switch (state.kind) {
    case "right":
      return ok(name, `${path} -> ${target}`);
    case "missing":
      return ok(name, `${path} is missing: serve creates it as a link to ${target}`);
    case "wrong":
      return ok(name, `${path} is ${state.now}: serve replaces it with a link to ${target}`);
    case "impossible":
      return isBuiltInConf
        ? ok(name, `${path} is left alone: the built-in nginx.conf logs to ${target} without it`)
        : warning(
          name,
          `cannot link ${path} to ${target}: ${state.why}`,
          `${LINK_AT_BUILD}, or make its folder writable for tandem`,
        );
  }
}
