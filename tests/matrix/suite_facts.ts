/** What a suite has: the versions, and those of gunicorn's worker classes that it can load. */

import { fixtures as wsgiFixtures, repository } from "../support/paths.ts";
import { runInRoot } from "./in_root.ts";

const fixtures = `${repository}/tests/matrix/fixtures`;

export interface WorkerClass {
  name: string;
  /** How the table and `--class` name it. */
  label: string;
  /** The Python package that it needs. */
  library: string;
  isAsgi?: boolean;
  /** For gunicorn, to serve several requests at once. */
  args?: readonly string[];
  /**
   * How the versions of gunicorn begin with which the class loses requests at a reload: as many without tandem, when
   * only gunicorn's master gets SIGHUP (docs/matrix.md).
   */
  losesAtReload?: string;
  /** Alarming lines that belong to the class. */
  expected?: readonly RegExp[];
}

const workerClasses: readonly WorkerClass[] = [
  { name: "sync", label: "sync", library: "gunicorn" },
  {
    name: "gthread",
    label: "gthread",
    library: "gunicorn",
    args: ["--threads", "4"],
    losesAtReload: "23.",
  },
  { name: "gevent", label: "gevent", library: "gevent" },
  {
    name: "eventlet",
    label: "eventlet",
    library: "eventlet",
    losesAtReload: "",
    expected: [/Socket error processing request|Traceback \(most recent|OSError: \[Errno 9\]/],
  },
  { name: "tornado", label: "tornado", library: "tornado" },
  {
    name: "uvicorn.workers.UvicornWorker",
    label: "uvicorn",
    library: "uvicorn",
    isAsgi: true,
    losesAtReload: "",
    expected: [/\[INFO\] Error while closing socket \[Errno 9\]/],
  },
  { name: "asgi", label: "asgi", library: "gunicorn", isAsgi: true },
];

export const CLASS_LABELS = workerClasses.map(({ label }) => label);

export interface SuiteFacts {
  nginx: string;
  gunicorn: string;
  python: string;
  glibc: string;
  /** With the name and version of the library, which is empty for gunicorn's own. */
  classes: readonly (WorkerClass & { version: string })[];
}

export async function readSuiteFacts(root: string): Promise<SuiteFacts> {
  const probe = Deno.readTextFileSync(`${fixtures}/probe.py`);
  const libraries = Object.fromEntries(workerClasses.map(({ name, library }) => [name, library]));
  const command = ["python3", "-c", probe, JSON.stringify(libraries)];
  const { code, stdout, stderr } = await runInRoot(root, command);
  if (code !== 0) throw new Error(`Cannot read the versions of ${root}: ${stderr}`);
  const { classes, ...versions } = JSON.parse(stdout);
  return {
    ...versions,
    classes: workerClasses.filter(({ name }) => name in classes)
      .map((workerClass) => ({ ...workerClass, version: classes[workerClass.name] })),
  };
}

/** At its import it appends its pid to the file "imported". */
export function appFor({ isAsgi }: WorkerClass): string {
  const app = Deno.readTextFileSync(isAsgi ? `${fixtures}/asgi_app.py` : `${wsgiFixtures}/app.py`);
  return `${app}\n\nwith open("imported", "a") as imported:\n    imported.write("%d\\n" % os.getpid())\n`;
}

/** @param version two or more numbers with dots */
export function isAtLeast(version: string, least: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}
