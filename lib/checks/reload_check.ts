/** Looks at what a reload would load, so that one that would end the pair is refused instead. */

import type { Listen } from "../nginx/directives.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import { importLimit, NGINX_CHECK_MS } from "../plan/reload_times.ts";
import { testNginx } from "./nginx_test.ts";
import { type Finding, formatFinding } from "./rules/finding.ts";
import { type CommandTools, withinTime } from "./timed_command.ts";

export type ReloadCheck =
  | { complaint: string }
  | { complaint: undefined; listens: Listen[]; warnings: Finding[] };

export interface ReloadOptions {
  /** Whether to import the app too, which runs its code. */
  importApp: boolean;
  /** How long the app took to import at the start, in milliseconds. */
  firstImport: number;
}

/**
 * A gunicorn whose new settings, worker class or app cannot be loaded exits, which would end the pair.
 * @param plan with the arguments that nginx runs with
 */
export async function checkReload(
  plan: LaunchPlan,
  { importApp, firstImport }: ReloadOptions,
  tools: CommandTools,
): Promise<ReloadCheck> {
  const { clock, reaper, signal } = tools;
  const nginx = await withinTime(
    clock,
    NGINX_CHECK_MS,
    (late) => testNginx(plan.nginx, reaper, late),
    signal,
  );
  if (!("kind" in nginx)) return { complaint: `nginx gives ${nginx.complaint}` };
  if (nginx.kind === "refused") return { complaint: nginx.complaint };
  // Only now, because Python takes longer than nginx to say anything.
  const { probeGunicorn } = await import("./gunicorn_probe.ts");
  const gunicorn = await probeGunicorn(plan, {
    ...tools,
    import: importApp,
    ...(importApp && { limit: importLimit(firstImport) }),
  });
  const findings = [...gunicorn.settings, ...gunicorn.app];
  // Without an import, a Python that does not answer says nothing about the app. With one, the app may hang.
  const fatal = findings.find(({ result }) =>
    result === "failed" || (importApp && result === "warning")
  );
  if (fatal) return { complaint: formatFinding(fatal) };
  return {
    complaint: undefined,
    listens: nginx.config.listens,
    warnings: findings.filter(({ result }) => result === "warning"),
  };
}
