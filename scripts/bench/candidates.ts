/** The launchers that are compared; each starts the same pair in its usual way. */

import { repository } from "../../tests/support/paths.ts";
import type { Image } from "./image.ts";

export interface Candidate {
  readonly name: string;
  /** The candidate is left out if this is missing. */
  readonly executable: string;
  /** The Debian package of the executable; `undefined` if it is built here. */
  readonly debianPackage?: string;
  /** The files and folders that an image needs for it. */
  readonly files: readonly string[];
  /** What else the image must have, as text. */
  readonly needs: string;
  /** Prepares the image. @returns the command line */
  prepare(image: Image): string[];
}

const own = `${import.meta.dirname}/candidates`;
const python = "/usr/bin/python3";

function tandem(name: string, needs: string): Candidate {
  const executable = `${repository}/dist/${name}`;
  return {
    name,
    executable,
    files: [executable],
    needs,
    prepare: ({ flags }) => [executable, "serve", ...flags],
  };
}

function seed(name: string, args: string[]): Candidate {
  const script = `${own}/seed_serve.py`;
  return {
    name,
    executable: python,
    files: [script],
    needs: "Python 3 with its standard library (gunicorn's will do), ln",
    prepare: () => [python, script, ...args],
  };
}

/** An init that starts one child only, here a shell script that starts the pair. */
function aroundWrapper(name: string): Candidate {
  const executable = `/usr/bin/${name}`;
  const script = `${own}/wrapper.sh`;
  return {
    name: `${name} + sh`,
    executable,
    debianPackage: name,
    files: [executable, script],
    needs: "glibc, a shell",
    prepare(image) {
      image.linkLogs();
      return [executable, "--", script];
    },
  };
}

const s6: Candidate = {
  name: "s6",
  executable: "/usr/bin/s6-svscan",
  debianPackage: "s6",
  files: ["/usr/bin/s6-svscan", "/usr/bin/s6-supervise", `${own}/s6`],
  needs: "glibc, libskarnet, a shell",
  prepare(image) {
    image.linkLogs();
    return [s6.executable, image.copyIn(`${own}/s6`)];
  },
};

const supervisord: Candidate = {
  name: "supervisord",
  executable: "/usr/bin/supervisord",
  debianPackage: "supervisor",
  files: [
    "/usr/bin/supervisord",
    "/usr/lib/python3/dist-packages/supervisor",
    `${own}/supervisord.conf`,
  ],
  needs: "Python 3 with its standard library (gunicorn's will do), pkg_resources",
  prepare(image) {
    image.linkLogs();
    return [supervisord.executable, "-c", `${own}/supervisord.conf`];
  },
};

/** All ratios are to this one. */
export const baseline = "seed serve";

export const candidates: readonly Candidate[] = [
  tandem("tandem", "glibc, libgcc_s"),
  tandem("tandem-slim", "nothing"),
  seed(baseline, []),
  seed("seed, fixed", ["fixed"]),
  aroundWrapper("tini"),
  aroundWrapper("dumb-init"),
  s6,
  supervisord,
];

export function isTandem({ name }: Candidate): boolean {
  return name.startsWith("tandem");
}

/** The same with more flags. */
export function withFlags(candidate: Candidate, ...flags: string[]): Candidate {
  return { ...candidate, prepare: (image) => [...candidate.prepare(image), ...flags] };
}
