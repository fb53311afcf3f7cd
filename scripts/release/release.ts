/** What all artefacts of a release share: the version, the commit, the time, and the executables. */

import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { BuildError, run } from "../build/denort.ts";
import { type Commit, isDirty, sourceCommit, sourceTime } from "../git.ts";
import { root } from "../imports.ts";
import type { Component } from "./components.ts";
import { type Bytes, type Entry, textEntry } from "./entries.ts";

const EX_DATAERR = 65;

export type Arch = "x86_64" | "aarch64";
export const ARCHES: readonly Arch[] = ["x86_64", "aarch64"];

export interface Program {
  edition: "slim" | "deno";
  arch: Arch;
  /** As "tandem-0.2.0-linux-x86_64". */
  name: string;
  data: Bytes;
  /** CycloneDX, as JSON. */
  sbom: string;
  /** THIRD-PARTY-NOTICES.txt. */
  notices: string;
  components: readonly Component[];
}

export interface Release {
  version: string;
  commit: Commit;
  isDirty: boolean;
  /** Seconds since the epoch, for all that has a time. */
  time: number;
  programs: Program[];
  /** What most packages contain beside the executable. */
  documents: Documents;
}

export interface Documents {
  manPage: string;
  readme: string;
  changelog: string;
  license: string;
  /** By shell. */
  completions: Record<"bash" | "zsh" | "fish", string>;
}

/** One file of the release. */
export interface Artefact {
  name: string;
  data: Bytes;
  /** An executable of its own. */
  isProgram?: boolean;
}

/** @throws {BuildError} without a commit, or if HEAD has a tag of another version */
export async function releaseBase(): Promise<Omit<Release, "programs" | "documents">> {
  const { version } = config;
  const tags = await run(["git", "-c", "safe.directory=*", "tag", "--points-at", "HEAD"], {
    cwd: root,
  }).catch(() => "");
  const others = tags.split("\n").filter((tag) => /^v\d/.test(tag) && tag !== `v${version}`);
  if (others.length) {
    throw new BuildError(
      `HEAD is tagged ${others.join(" and ")}, but deno.json says ${version}: change one of them`,
      EX_DATAERR,
    );
  }
  const [commit, dirty, time] = await Promise.all([sourceCommit(), isDirty(), sourceTime()]);
  if (!commit) throw new BuildError("a release is made of a commit: use a clone", EX_DATAERR);
  return { version, commit, isDirty: dirty, time };
}

/** The slim executable for a machine, which all packages but the archives contain. */
export function slimProgram({ programs }: Release, arch: Arch): Program {
  return programs.find((program) => program.edition === "slim" && program.arch === arch)!;
}

export async function readDocuments(slim: string): Promise<Documents> {
  const read = (path: string) => Deno.readTextFile(join(root, path));
  const completions = (shell: string) => run([slim, "completions", shell]);
  return {
    manPage: await read("dist/tandem.1"),
    readme: await read("README.md"),
    changelog: await read("CHANGELOG.md"),
    license: await read("LICENSE"),
    completions: {
      bash: await completions("bash"),
      zsh: await completions("zsh"),
      fish: await completions("fish"),
    },
  };
}

/** Where each shell looks for completions below /usr/share, or below share/ of a virtual environment. */
export function completionEntries({ bash, zsh, fish }: Documents["completions"]): Entry[] {
  return [
    textEntry("bash-completion/completions/tandem", bash),
    textEntry("zsh/vendor-completions/_tandem", zsh),
    textEntry("fish/vendor_completions.d/tandem.fish", fish),
  ];
}
