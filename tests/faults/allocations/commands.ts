/** Short commands with a failed allocation. */

import { baseEnvironment } from "../../support/environment.ts";
import type { Image } from "../../support/image.ts";
import { type Failing, failingVariable, type Outcome } from "./outcome.ts";

export interface ShortCommand {
  name: string;
  args: string[];
  /** What of the output is the same in each run. */
  constant(stdout: string): string;
}

export function shortCommands(image: Image): ShortCommand[] {
  const whole = (stdout: string) => stdout;
  return [
    { name: "--version", args: ["--version"], constant: whole },
    { name: "--help", args: ["--help"], constant: whole },
    { name: "config", args: ["config"], constant: whole },
    // It measures how long the app takes.
    { name: "check --json", args: ["check", "--json", ...image.flags], constant: checksOf },
  ];
}

function checksOf(stdout: string): string {
  try {
    const { checks } = JSON.parse(stdout) as { checks: { name: string; result: string }[] };
    return checks.map(({ name, result }) => `${name}: ${result}`).join("\n");
  } catch {
    return "no JSON";
  }
}

/** For a machine on which everything else runs too. */
const COMMAND_MS = 60_000;

export async function runCommand(
  executable: string,
  { args }: ShortCommand,
  image: Image,
  env: Record<string, string>,
): Promise<Outcome> {
  const child = new Deno.Command(executable, {
    args,
    cwd: image.program,
    clearEnv: true,
    env: { ...baseEnvironment(), TMPDIR: image.temp, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let hangs = false;
  const timer = setTimeout(() => {
    hangs = true;
    child.kill("SIGKILL");
  }, COMMAND_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code: hangs ? undefined : code, stdout: out!, stderr: err! };
}

export function runFailing(
  executable: string,
  command: ShortCommand,
  image: Image,
  failing: Failing,
): Promise<Outcome> {
  return runCommand(executable, command, image, failingVariable(failing));
}

/** @returns how many allocations the command makes when none fails, and what it prints then */
export async function runClean(executable: string, command: ShortCommand, image: Image) {
  const path = `${image.folder}/allocations`;
  // A variable more in the environment is an allocation more.
  const variables = { FAILING_ALLOCATION: "0", ALLOCATION_COUNT: path };
  const outcome = await runCommand(executable, command, image, variables);
  const count = Number(Deno.readTextFileSync(path));
  Deno.removeSync(path);
  return { count, outcome };
}
