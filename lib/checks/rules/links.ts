/** The rule on the links that lead nginx's log files to stdout and stderr. */

import type { LinkState } from "../../host/files/log_link_state.ts";
import type { LinkPlan } from "../../plan/launch_plan.ts";
import { type Finding, ok, warning } from "./finding.ts";

export function checkLink({ path, target }: LinkPlan, state: LinkState): Finding {
  const name = `link ${path.slice(path.lastIndexOf("/") + 1)}`;
  switch (state.kind) {
    case "right":
      return ok(name, `${path} -> ${target}`);
    case "missing":
      return ok(name, `${path} is missing: serve creates it as a link to ${target}`);
    case "wrong":
      return ok(name, `${path} is ${state.now}: serve replaces it with a link to ${target}`);
    case "impossible":
      return warning(
        name,
        `cannot link ${path} to ${target}: ${state.why}`,
        "make its folder writable for tandem, or set --no-log-links",
      );
  }
}
