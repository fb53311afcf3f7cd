/** The facts without which the figures mean nothing: the machine, the sources, the versions of what is measured. */

import { run } from "../../build/denort.ts";
import { shortCommit } from "../../git.ts";
import { repository } from "../../../tests/support/paths.ts";
import type { Candidate } from "../candidates.ts";
import type { Machine, Measured } from "../document/data.ts";
import { readIfThere } from "./image.ts";

const python = "/usr/bin/python3";

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

/** Of the pair, of the runtimes of both editions, and of the Debian packages of the other candidates. */
export async function readVersions(
  candidates: readonly Candidate[],
): Promise<Record<string, string>> {
  const texts: Record<string, Promise<string>> = {
    nginx: output(["nginx", "-v"], /nginx\/(\S+)/),
    gunicorn: output(["gunicorn", "--version"], /version (\S+)\)/),
    gevent: output([python, "-c", "import gevent; print(gevent.__version__)"], /(.+)/),
    Python: output([python, "--version"], /Python (\S+)/),
    tandem: output([`${repository}/dist/tandem`, "version", "--json"], /"version":"([^"]+)"/),
    Deno: output([`${repository}/dist/tandem`, "version", "--json"], /"deno ([^"]+)"/),
    QuickJS: output([`${repository}/dist/tandem-slim`, "version", "--json"], /"quickjs ([^"]+)"/),
  };
  const found = Object.entries(texts).map(async ([name, text]) => [name, await text] as const);
  const peers = candidates
    .filter(({ executable }) => !executable.startsWith(repository) && executable !== python)
    .map(({ executable }) => packageOf(executable));
  const all = [...await Promise.all(found), ...await Promise.all(peers)]
    .filter(([name, text]) => name !== "" && text !== "")
    // gunicorn is a candidate too, and its package's version says less than its own.
    .filter(([name], index, all) => all.findIndex(([other]) => other === name) === index);
  return Object.fromEntries(all);
}

/** The Debian package that an executable is from, and its version. */
async function packageOf(executable: string): Promise<readonly [name: string, version: string]> {
  const name = await output(["dpkg-query", "--search", executable], /^([^:,]+)[:,]/);
  return [name, name && await output(["dpkg-query", "--show", "-f${Version}", name], /(.+)/)];
}

/** @returns the first group, "" if the program is not there */
async function output([program = "", ...args]: string[], pattern: RegExp): Promise<string> {
  // nginx prints its version to stderr.
  const text = await run(["sh", "-c", 'exec "$0" "$@" 2>&1', program, ...args]).catch(() => "");
  return pattern.exec(text)?.[1] ?? "";
}
