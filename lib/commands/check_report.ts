/** The report of `tandem check`, as JSON and as text. */

import { socketLockPath, stateLockPath, textfileLockPath } from "../host/state/instance_lock.ts";
import { type Finding, formatFinding } from "../checks/rules/finding.ts";
import type { Listen } from "../nginx/directives.ts";
import { wrapWords } from "../plan/columns.ts";
import type { ChildPlan, LaunchPlan } from "../plan/launch_plan.ts";
import type { Settings } from "../plan/settings.ts";
import { bytesOf, type ConfDiff } from "./conf_diffs.ts";

/** The JSON that `check --json` prints. */
export interface CheckReport {
  /** The worst result of the checks; with --strict "failed" instead of "warning". */
  result: Finding["result"];
  checks: Finding[];
  plan: PlanReport;
  /** Changes of nginx.conf; only with --fix-conf. */
  diffs?: { path: string; diff: string }[];
}

/** What `serve` would do with the same arguments. */
export interface PlanReport {
  nginx: CommandReport;
  gunicorn: CommandReport;
  /** Paths of the files that `serve` writes. */
  files: string[];
  /** Links that `serve` creates, and what each leads to. */
  links: { path: string; target: string }[];
  /** Addresses as the conf writes them; empty if nginx could not test its conf. */
  listens: string[];
  /** Path of gunicorn's socket. */
  socket: string;
  /** Path that must answer 200, such as "/ping". */
  readyPath: string;
  /** Milliseconds. */
  deadlines: {
    /** From the start of tandem until ready; 0 for no deadline. */
    startTimeout: number;
    /** From the stop signal until nginx is asked to finish. */
    drainDelay: number;
    /** From the stop signal until nginx must exit. */
    nginx: number;
    /** From the stop signal until everything left is killed. */
    grace: number;
  };
}

interface CommandReport {
  /** The first is an absolute path if the executable was found. */
  argv: string[];
  /** The working directory. */
  cwd: string;
}

export function createCheckReport(
  checks: Finding[],
  plan: PlanReport,
  strict: boolean,
  diffs?: readonly ConfDiff[],
): CheckReport {
  const text = new TextDecoder();
  return {
    result: overallResult(checks, strict),
    checks,
    plan,
    ...(diffs && {
      diffs: diffs.map(({ path, byteText }) => ({ path, diff: text.decode(bytesOf(byteText)) })),
    }),
  };
}

function overallResult(checks: Finding[], strict: boolean): Finding["result"] {
  const results = checks.map(({ result }) => result);
  if (results.includes("failed")) return "failed";
  if (results.includes("warning")) return strict ? "failed" : "warning";
  return "ok";
}

/** @param locate returns the path of an executable that is looked up on PATH */
export function createPlanReport(
  plan: LaunchPlan,
  { stateDir, textfile }: Settings,
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
      stateLockPath(stateDir),
      socketLockPath(socket),
      ...(textfile ? [textfile, textfileLockPath(textfile)] : []),
    ],
    links,
    listens: [...new Set(listens.map(({ text }) => text))],
    socket,
    readyPath,
    deadlines: { startTimeout, ...deadlines },
  };
}

export function checkReportJson(report: CheckReport, quiet = false): string {
  const checks = shownChecks(report, quiet).map(({ edits: _, ...shown }) => shown);
  return `${JSON.stringify({ ...report, checks }, undefined, 2)}\n`;
}

const COLOURS: Record<Finding["result"], string> = { ok: "32", warning: "33", failed: "31" };
const RESULT_WIDTH = "warning".length;

export interface ReportStyle {
  colour: boolean;
  columns: number;
  /** Only what is not ok. */
  quiet?: boolean;
}

export function checkReportText(report: CheckReport, style: ReportStyle): string {
  const { colour, columns, quiet = false } = style;
  const { plan } = report;
  const checks = shownChecks(report, quiet);
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = RESULT_WIDTH + 2 + width + 2;
  const lines = checks.map((finding) => {
    const { name, result } = finding;
    const label = result.padEnd(RESULT_WIDTH);
    const shown = colour ? `\x1b[${COLOURS[result]}m${label}\x1b[0m` : label;
    return `${shown}  ${name.padEnd(width)}  ${
      indented(formatFinding(finding).split(" "), indent, columns)
    }`;
  });
  if (quiet) return lines.map((line) => `${line}\n`).join("");
  const fixable = checks.filter(({ edits }) => edits?.length).length;
  const hint = fixable
    ? [`tandem check --fix-conf prints the changes that fix ${fixable} of these`, ""]
    : [];
  return `${
    [...lines, "", ...planLines(plan, columns), "", ...hint, summaryLine(report)].join("\n")
  }\n`;
}

function shownChecks({ checks }: CheckReport, quiet: boolean): Finding[] {
  return quiet ? checks.filter(({ result }) => result !== "ok") : checks;
}

/** Less would break every line after a word or two. */
const MIN_COLUMNS = 20;

/** @param lineEnd what a line that goes on ends in */
function indented(words: string[], indent: number, columns: number, lineEnd = ""): string {
  const width = Math.max(MIN_COLUMNS, columns - indent - lineEnd.length);
  return wrapWords(words, width).join(`${lineEnd}\n${" ".repeat(indent)}`);
}

function planLines(plan: PlanReport, columns: number): string[] {
  const { nginx, gunicorn, files, links, listens, socket, readyPath, deadlines } = plan;
  const { startTimeout, drainDelay, nginx: cutOff, grace } = deadlines;
  const rows: [name: string, words: string[], lineEnd?: string][] = [
    ["folder", [gunicorn.cwd]],
    ["gunicorn", gunicorn.argv.map(quoteForShell), " \\"],
    ["nginx", nginx.argv.map(quoteForShell), " \\"],
    ...files.map((path): [string, string[]] => ["file", [path]]),
    ...links.map(({ path, target }): [string, string[]] => ["link", [path, "->", target]]),
    ["socket", [socket]],
    ...listens.map((text): [string, string[]] => ["listen", [text]]),
    [
      "ready",
      `when ${readyPath} answers 200 through nginx, ${
        startTimeout ? `within ${startTimeout / 1000} s` : "without a time limit"
      }`.split(" "),
    ],
    [
      "stop",
      (`${drainDelay ? `nginx serves on for ${drainDelay / 1000} s, ` : ""}` +
        `nginx is cut off after ${cutOff / 1000} s, everything left is killed after ${
          grace / 1000
        } s`).split(" "),
    ],
  ];
  const width = "gunicorn".length;
  return rows.map(([name, words, lineEnd]) =>
    `${name.padEnd(width)}  ${indented(words, width + 2, columns, lineEnd)}`
  );
}

/** Ready to be pasted into a shell. */
function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function summaryLine({ result, checks }: CheckReport): string {
  const count = (counted: Finding["result"]) =>
    checks.filter(({ result }) => result === counted).length;
  const verdict = {
    ok: "tandem would serve",
    warning: "tandem would serve, with warnings",
    failed: count("failed") ? "tandem would not serve" : "warnings count as failures (--strict)",
  }[result];
  return `${count("ok")} ok, ${count("warning")} warning, ${count("failed")} failed: ${verdict}`;
}
