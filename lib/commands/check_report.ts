/** What `tandem check` shows. */

import type { ChildPlan, LaunchPlan } from "../plan/launch_plan.ts";
import type { Listen } from "../nginx/directives.ts";
import type { Settings } from "../plan/settings.ts";
import { type Finding, formatFinding } from "../checks/rules/finding.ts";

export interface PlanReport {
  nginx: CommandShown;
  gunicorn: CommandShown;
  files: string[];
  links: { path: string; target: string }[];
  listens: string[];
  socket: string;
  readyPath: string;
  /** Whole seconds or parts of them; those of a stop count from its signal. */
  deadlines: { ready: number | null; drainDelay: number; nginx: number; kill: number };
}

interface CommandShown {
  argv: string[];
  cwd: string;
}

export interface CheckReport {
  checks: Finding[];
  plan: PlanReport;
}

/** @param locate the file that a name on PATH stands for */
export function reportPlan(
  plan: LaunchPlan,
  { stateDir }: Settings,
  listens: Listen[],
  locate: (executable: string) => string,
): PlanReport {
  const { nginx, gunicorn, builtInConf, links, socket, readyPath, startTimeout, deadlines } = plan;
  const command = ({ executable, args, cwd }: ChildPlan) => ({
    argv: [locate(executable), ...args],
    cwd,
  });
  return {
    nginx: command(nginx),
    gunicorn: command(gunicorn),
    files: [
      ...(builtInConf ? [builtInConf.path] : []),
      `${stateDir}/tandem.pid`,
      `${stateDir}/state.json`,
    ],
    links,
    listens: [...new Set(listens.map(({ text }) => text))],
    socket,
    readyPath,
    deadlines: {
      ready: startTimeout ? startTimeout / 1000 : null,
      drainDelay: deadlines.drainDelay / 1000,
      nginx: deadlines.nginx / 1000,
      kill: deadlines.grace / 1000,
    },
  };
}

export function overallResult(checks: Finding[], strict: boolean): Finding["result"] {
  if (checks.some(({ result }) => result === "failed")) return "failed";
  if (checks.some(({ result }) => result === "warning")) return strict ? "failed" : "warning";
  return "ok";
}

export function checkReportJson({ checks, plan }: CheckReport, strict: boolean): string {
  return `${
    JSON.stringify({ result: overallResult(checks, strict), checks, plan }, undefined, 2)
  }\n`;
}

const COLOURS: Record<Finding["result"], string> = { ok: "32", warning: "33", failed: "31" };
const RESULT_WIDTH = "warning".length;

export function checkReportText(
  { checks, plan }: CheckReport,
  strict: boolean,
  colour: boolean,
): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map((finding) => {
    const { name, result } = finding;
    const mark = result.padEnd(RESULT_WIDTH);
    const shown = colour ? `\x1b[${COLOURS[result]}m${mark}\x1b[0m` : mark;
    return `${shown}  ${name.padEnd(width)}  ${formatFinding(finding)}`;
  });
  return `${[...lines, "", ...planLines(plan), "", summary(checks, strict)].join("\n")}\n`;
}

function planLines(plan: PlanReport): string[] {
  const { nginx, gunicorn, files, links, listens, socket, readyPath, deadlines } = plan;
  const { ready, drainDelay, nginx: cutOff, kill } = deadlines;
  const rows: [string, string][] = [
    ["folder", gunicorn.cwd],
    ["gunicorn", inShell(gunicorn.argv)],
    ["nginx", inShell(nginx.argv)],
    ...files.map((path): [string, string] => ["file", path]),
    ...links.map(({ path, target }): [string, string] => ["link", `${path} -> ${target}`]),
    ["socket", socket],
    ...listens.map((text): [string, string] => ["listen", text]),
    [
      "ready",
      `when ${readyPath} answers 200 through nginx${
        ready ? `, within ${ready} s` : ", however long it takes"
      }`,
    ],
    [
      "stop",
      `${
        drainDelay ? `${drainDelay} s of drain delay; ` : ""
      }nginx is cut off after ${cutOff} s, ` +
      `all is killed after ${kill} s`,
    ],
  ];
  return rows.map(([name, text]) => `${name.padEnd("gunicorn".length)}  ${text}`);
}

/** As it would be typed, so that it can be tried by hand. */
function inShell(argv: string[]): string {
  return argv
    .map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
}

function summary(checks: Finding[], strict: boolean): string {
  const count = (wanted: Finding["result"]) =>
    checks.filter(({ result }) => result === wanted).length;
  const verdict = overallResult(checks, strict);
  const words = {
    ok: "tandem would serve",
    warning: "tandem would serve, but see the warnings",
    failed: count("failed") ? "tandem would not serve" : "warnings count as failures (--strict)",
  }[verdict];
  return `${count("ok")} ok, ${count("warning")} warning, ${count("failed")} failed: ${words}`;
}
