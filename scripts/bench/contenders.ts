/** Who is compared: each starts the same pair in its own usual way. */

import { repository } from "../../tests/support/paths.ts";
import type { Image } from "./image.ts";

export interface Contender {
  readonly name: string;
  /** Without it the contender cannot take part. */
  readonly executable: string;
  /** The Debian package that the executable comes from; nothing for what is made here. */
  readonly debianPackage?: string;
  /** Files and folders that an image carries for it. */
  readonly files: readonly string[];
  /** What an image has to have besides, in words. */
  readonly needs: string;
  /** Puts into the image what it wants to find there, and says how it is started. */
  prepare(image: Image): string[];
}

const own = `${import.meta.dirname}/contenders`;
const python = "/usr/bin/python3";

function tandem(name: string, needs: string): Contender {
  const executable = `${repository}/dist/${name}`;
  return {
    name,
    executable,
    files: [executable],
    needs,
    prepare: ({ flags }) => [executable, "serve", ...flags],
  };
}

function seed(name: string, args: string[]): Contender {
  const script = `${own}/seed_serve.py`;
  return {
    name,
    executable: python,
    files: [script],
    needs: "Python 3 with its standard library (gunicorn's may do), ln",
    prepare: () => [python, script, ...args],
  };
}

/** A program that starts one child only, so that a shell script starts the pair. */
function aroundWrapper(name: string): Contender {
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

const s6: Contender = {
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

const supervisord: Contender = {
  name: "supervisord",
  executable: "/usr/bin/supervisord",
  debianPackage: "supervisor",
  files: [
    "/usr/bin/supervisord",
    "/usr/lib/python3/dist-packages/supervisor",
    `${own}/supervisord.conf`,
  ],
  needs: "Python 3 with its standard library (gunicorn's may do), pkg_resources",
  prepare(image) {
    image.linkLogs();
    return [supervisord.executable, "-c", `${own}/supervisord.conf`];
  },
};

/** What every ratio is taken to. */
export const baseline = "seed serve";

export const contenders: readonly Contender[] = [
  tandem("tandem", "glibc, libgcc_s"),
  tandem("tandem-slim", "nothing"),
  seed(baseline, []),
  seed("seed, mended", ["mended"]),
  aroundWrapper("tini"),
  aroundWrapper("dumb-init"),
  s6,
  supervisord,
];
