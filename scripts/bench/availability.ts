/** Installs the candidates that are missing, and finds out which of them work on this machine. */

import { run } from "../denort.ts";
import { type Candidate, candidates } from "./candidates.ts";
import { Launch } from "./launch.ts";
import type { BenchFolder } from "./bench_folder.ts";

export interface Availability {
  available: Candidate[];
  /** Candidate -> reason. */
  unavailable: Record<string, string>;
}

type Say = (line: string) => void;

export async function findAvailable(benchFolder: BenchFolder, say: Say): Promise<Availability> {
  const availability: Availability = { available: [], unavailable: {} };
  const problem = await installMissing(say);
  for (const candidate of candidates) {
    const reason = exists(candidate.executable)
      ? await whyNotServing(candidate, benchFolder)
      : candidate.debianPackage
      ? `Debian's ${candidate.debianPackage} is not installed${problem && `: ${problem}`}`
      : "not built";
    if (reason === undefined) availability.available.push(candidate);
    else availability.unavailable[candidate.name] = reason;
  }
  return availability;
}

/** A start that is not measured: it shows whether the pair works, and warms the caches for all candidates. */
async function whyNotServing(
  candidate: Candidate,
  benchFolder: BenchFolder,
): Promise<string | undefined> {
  try {
    await using launch = new Launch(benchFolder, candidate, { pair: "nginx and gunicorn" });
    await launch.firstAnswer();
  } catch (error) {
    return (error as Error).message;
  }
}

const POLICY = "/usr/sbin/policy-rc.d";

/** @returns why it could not, or "" */
async function installMissing(say: Say): Promise<string> {
  const missing = candidates.flatMap(({ executable, debianPackage }) =>
    debianPackage && !exists(executable) ? [debianPackage] : []
  );
  if (missing.length === 0) return "";
  if (Deno.uid() !== 0) return "only root can install it";
  say(`installing ${missing.join(", ")} (Debian)`);
  // Debian starts a service when it is installed, supervisord included.
  const ownPolicy = !exists(POLICY);
  if (ownPolicy) Deno.writeTextFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const apt = ["apt-get", "-qq", "-y", "-o", "DPkg::Lock::Timeout=120"];
  try {
    await run([...apt, "update"], { env }).catch(() => {});
    await run([...apt, "install", "--no-install-recommends", ...missing], { env });
    return "";
  } catch (error) {
    return (error as Error).message.split("\n")[0] ?? "";
  } finally {
    if (ownPolicy) Deno.removeSync(POLICY);
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
