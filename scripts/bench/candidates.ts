/**
 * The launchers that are compared. Each starts the same pair in its usual way, with all of its own features that its
 * documentation shows for that: an order, a check that the app answers, the signal of a stop.
 */

import { repository } from "../../tests/support/paths.ts";
import { type Image, setUps } from "./harness/image.ts";
import { monit, runit, s6, supervisord } from "./supervisors.ts";

export interface Candidate {
  readonly name: string;
  /** The candidate is left out if this is missing. */
  readonly executable: string;
  /** Without nginx: a server that is the whole container. */
  readonly alone?: "gunicorn" | "uvicorn";
  /** The files and folders that an image needs for it. */
  readonly files: readonly string[];
  /** Prepares the image. @returns the command line */
  prepare(image: Image): string[];
}

export function isLauncher({ alone }: Candidate): boolean {
  return alone === undefined;
}

/** The path of each file that an image needs for a candidate. */
export function filesOf({ files }: Candidate): string[] {
  return files.flatMap(filesBelow);
}

function filesBelow(path: string): string[] {
  if (!Deno.statSync(path).isDirectory) return [path];
  return [...Deno.readDirSync(path)]
    .filter(({ name }) => name !== "__pycache__")
    .flatMap(({ name }) => filesBelow(`${path}/${name}`));
}

const python = "/usr/bin/python3";

function tandem(name: string): Candidate {
  const executable = `${repository}/dist/${name}`;
  return {
    name,
    executable,
    files: [executable],
    prepare: ({ flags }) => [executable, "serve", ...flags],
  };
}

function seed(name: string, args: string[]): Candidate {
  const script = `${setUps}/seed_serve.py`;
  return {
    name,
    executable: python,
    files: [script],
    prepare: () => [python, script, ...args],
  };
}

/** A shell script that starts the pair, under an init that starts one child only. */
function wrapper(name: string, init: string[]): Candidate {
  const script = `${setUps}/wrapper.sh`;
  const executable = init[0] ?? "/bin/bash";
  return {
    name,
    executable,
    files: [...init.slice(0, 1), script],
    prepare(image) {
      image.linkLogs();
      return [...init, script];
    },
  };
}

const gunicorn: Candidate = {
  name: "gunicorn alone",
  alone: "gunicorn",
  executable: "/usr/bin/gunicorn",
  files: [],
  prepare: ({ gunicorn, port }) => [
    ...gunicorn.map((word) => word.startsWith("unix:") ? `0.0.0.0:${port}` : word),
    ...["--access-logfile", "-"],
  ],
};

const uvicorn: Candidate = {
  name: "uvicorn alone",
  alone: "uvicorn",
  executable: "/usr/bin/uvicorn",
  files: [],
  prepare(image) {
    Deno.copyFileSync(`${setUps}/asgi.py`, `${image.program}/asgi.py`);
    const workers = image.workers === undefined ? [] : ["--workers", `${image.workers}`];
    return [
      uvicorn.executable,
      "--host",
      "0.0.0.0",
      "--port",
      `${image.port}`,
      ...workers,
      "asgi:app",
    ];
  },
};

/** All ratios are to this one. */
export const baseline = "seed serve";

export const candidates: readonly Candidate[] = [
  tandem("tandem"),
  tandem("tandem-slim"),
  seed(baseline, []),
  seed("seed, fixed", ["fixed"]),
  wrapper("sh", []),
  wrapper("tini + sh", ["/usr/bin/tini", "--"]),
  // By default it would send SIGTERM to nginx and gunicorn too.
  wrapper("dumb-init + sh", ["/usr/bin/dumb-init", "--single-child", "--"]),
  s6,
  runit,
  supervisord,
  monit,
  gunicorn,
  uvicorn,
];

export function isTandem({ name }: Candidate): boolean {
  return name.startsWith("tandem");
}

/** The same with more flags. */
export function withFlags(candidate: Candidate, ...flags: string[]): Candidate {
  return { ...candidate, prepare: (image) => [...candidate.prepare(image), ...flags] };
}
