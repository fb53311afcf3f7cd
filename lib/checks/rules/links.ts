import type { LinkState } from "../../host/files/log_link_state.ts";
import type { LinkPlan } from "../../plan/launch_plan.ts";
import { type Finding, ok, warning } from "./finding.ts";

export function checkLink({ path, target }: LinkPlan, look: LinkState): Finding {
  const name = `link ${path.slice(path.lastIndexOf("/") + 1)}`;
  switch (look.kind) {
    case "right":
      return ok(name, `${path} -> ${target}`);
    case "missing":
      return ok(name, `${path} is missing: serve makes it a link to ${target}`);
    case "wrong":
      return ok(name, `${path} is ${look.now}: serve makes it a link to ${target}`);
    case "impossible":
      return warning(
        name,
        `${path} stays as it is, not a link to ${target}: ${look.why}`,
        "let tandem write there, or choose --no-log-links",
      );
  }
}
