/** Rules on settings and variables that do not have the effect that was meant. */

import type { SettingReport, StrayVariables } from "../../plan/settings.ts";
import { type Finding, ok, warning } from "./finding.ts";

/**
 * `checkPort` judges the port, once the conf's listen lines are known. SageMaker's variables belong to the image and are
 * meant for other parts of it too.
 */
export function checkUnusedSettings(report: readonly SettingReport[], isBuiltIn: boolean): Finding {
  const name = "settings";
  const unused = report.flatMap(({ key, origin, isOfBuiltInConf }) =>
    isOfBuiltInConf && key !== "port" && origin.kind !== "default" &&
      !origin.name.startsWith("SAGEMAKER_")
      ? [origin.name]
      : []
  );
  return unused.length && !isBuiltIn
    ? warning(
      name,
      `${unused.join(" and ")} ${
        unused.length === 1 ? "has" : "have"
      } an effect on the built-in nginx.conf only`,
      "set that in nginx.conf, or remove it",
    )
    : ok(name, "every setting has an effect");
}

/** One finding for each variable that is wrong. */
export function checkVariables({ unknown, ofServices }: StrayVariables): Finding[] {
  const name = "variables";
  if (unknown.length) {
    return unknown.map((variable) =>
      warning(
        name,
        `${variable.name} sets nothing: tandem has no such variable`,
        variable.meant.length ? `set ${variable.meant.join(" or ")} instead` : "remove it",
      )
    );
  }
  const found = ofServices.length ? describeServiceVariables(ofServices) : undefined;
  return [ok(name, found ?? "every TANDEM_ variable is a setting")];
}

const LISTED = 3;

export function describeServiceVariables(names: readonly string[]): string {
  const rest = names.length - LISTED;
  const listed = names.slice(0, LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  return `ignored ${listed}, which Kubernetes sets for a Service`;
}
