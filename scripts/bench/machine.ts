/** The facts without which the figures mean nothing: the machine, the sources, the versions of what is measured. */

import { run } from "../denort.ts";
import { shortCommit } from "../git.ts";
import { repository } from "../../tests/support/paths.ts";
import type { Candidate } from "./candidates.ts";
import type { Machine, Measured } from "./document/data.ts";
import { readIfThere } from "./image.ts";

export function readMachine(): Machine {
  const cpu = /^model name\s*: (.+)$/m.exec(readIfThere("/proc/cpuinfo"))?.[1] ?? "unknown";
  const release = readIfThere("/etc/os-release");
  const debian = readIfThere("/etc/debian_version").trim();
  const name = /^PRETTY_NAME="(.+)"$/m.exec(release)?.[1] ?? "unknown";
  return {
    cpu,
    cores: navigator.hardwareConcurrency,
    memory: `${(Deno.systemMemoryInfo().total / 1e9).toFixed(1)} GB`,
    kernel: Deno.osRelease(),
    debian: debian && name.startsWith("Debian") ? `Debian ${debian}` : name,
  };
}

/** @param load the load average before the run, which raises it itself */
export async function readMeasured(load: number): Promise<Measured> {
  const commit = await shortCommit();
  return { date: new Date().toISOString().slice(0, 10), commit, load: Number(load.toFixed(2)) };
}

/** Of the pair, of the runtimes of both editions, and of the candidates that Debian's packages bring. */
export async function readVersions(
  candidates: readonly Candidate[],
): Promise<Record<string, string>> {
  const texts: Record<string, Promise<string>> = {
    nginx: output(["nginx", "-v"], /nginx\/(\S+)/),
    gunicorn: output(["gunicorn", "--version"], /version (\S+)\)/),
    gevent: output(["/usr/bin/python3", "-c", "import gevent; print(gevent.__version__)"], /(.+)/),
    Python: output(["/usr/bin/python3", "--version"], /Python (\S+)/),
    tandem: output([`${repository}/dist/tandem`, "version", "--json"], /"version":"([^"]+)"/),
    Deno: output([`${repository}/dist/tandem`, "version", "--json"], /"deno ([^"]+)"/),
    QuickJS: output([`${repository}/dist/tandem-slim`, "version", "--json"], /"quickjs ([^"]+)"/),
    ...Object.fromEntries(
      candidates.flatMap(({ debianPackage }) =>
        debianPackage === undefined
          ? []
          : [[debianPackage, output(["dpkg-query", "-Wf${Version}", debianPackage], /(.+)/)]]
      ),
    ),
  };
  const found = Object.entries(texts).map(async ([name, text]) => [name, await text] as const);
  return Object.fromEntries((await Promise.all(found)).filter(([, text]) => text !== ""));
}

/** @returns the first group, "" if the program is not there */
async function output([program = "", ...args]: string[], pattern: RegExp): Promise<string> {
  // nginx prints its version to stderr.
  const text = await run(["sh", "-c", 'exec "$0" "$@" 2>&1', program, ...args]).catch(() => "");
  return pattern.exec(text)?.[1] ?? "";
}
