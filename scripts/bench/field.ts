/** The field: who can take part here, after what is missing was installed, and who cannot, with the reason. */

import { run } from "../denort.ts";
import { type Contender, contenders } from "./contenders.ts";
import { Launch } from "./launch.ts";
import type { Workshop } from "./workshop.ts";

export interface Field {
  present: Contender[];
  /** Name -> reason. */
  leftOut: Record<string, string>;
}

type Say = (line: string) => void;

export async function gatherField(workshop: Workshop, say: Say): Promise<Field> {
  const field: Field = { present: [], leftOut: {} };
  const refusal = await installMissing(say);
  for (const contender of contenders) {
    const reason = exists(contender.executable)
      ? await whyNotServing(contender, workshop)
      : contender.debianPackage
      ? `Debian's ${contender.debianPackage} is not installed${refusal && `: ${refusal}`}`
      : "not built";
    if (reason === undefined) field.present.push(contender);
    else field.leftOut[contender.name] = reason;
  }
  return field;
}

/** One start that is not measured: it shows that the pair works, and warms the caches for everyone alike. */
async function whyNotServing(
  contender: Contender,
  workshop: Workshop,
): Promise<string | undefined> {
  try {
    await using launch = new Launch(workshop, contender, { pair: "nginx and gunicorn" });
    await launch.firstAnswer();
  } catch (error) {
    return (error as Error).message;
  }
}

const POLICY = "/usr/sbin/policy-rc.d";

/** @returns why it could not, or nothing */
async function installMissing(say: Say): Promise<string> {
  const missing = contenders.flatMap(({ executable, debianPackage }) =>
    debianPackage && !exists(executable) ? [debianPackage] : []
  );
  if (missing.length === 0) return "";
  if (Deno.uid() !== 0) return "installing takes root";
  say(`installing ${missing.join(", ")} (Debian)`);
  // Debian starts a service as soon as it is installed, supervisord among them.
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
