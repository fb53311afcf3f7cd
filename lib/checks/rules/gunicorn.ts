/** What gunicorn will find: its worker class, the app's module, and settings that tandem does not give it. */

import { failed, type Finding, ok, warning } from "./finding.ts";

/** What gunicorn's own Python told without importing the app; each complaint is Python's own. */
export interface ProbeResult {
  python: string;
  workerClass: { complaint?: string };
  module: { file?: string; complaint?: string };
  /** Where the app was imported: what a worker then takes, or why it could not be. */
  app?: { workerBytes?: number; complaint?: string };
}

export function checkWorkerClass(workerClass: string, look: ProbeResult): Finding {
  const { complaint } = look.workerClass;
  const name = "worker class";
  if (complaint === undefined) return ok(name, `${workerClass} can be loaded`);
  const library = /^(gevent|eventlet|tornado)$/.exec(workerClass)?.[1];
  return failed(
    name,
    `gunicorn cannot load the worker class ${workerClass} (${complaint})`,
    library
      ? `install ${library} for ${look.python}, or choose another --worker-class`
      : "correct --worker-class",
  );
}

export function checkApp(app: string, folder: string, look: ProbeResult): Finding {
  const { module: { file, complaint }, python } = look;
  const wanted = app.split(":")[0]!;
  if (complaint !== undefined) {
    return failed("app", `cannot import ${wanted}: ${complaint}`, "correct it");
  }
  if (file === undefined) {
    const found = `${python} finds no module ${wanted} from ${folder}`;
    return failed("app", found, "correct --app or --chdir");
  }
  if (!look.app) {
    return ok("app", `module ${wanted} is ${file}; whether it can be imported tells --import-app`);
  }
  if (look.app.complaint === undefined) return ok("app", `${app} can be imported from ${file}`);
  return failed(
    "app",
    `cannot import ${app}: ${look.app.complaint}`,
    look.app.complaint.startsWith("ModuleNotFoundError")
      ? `install it for ${python}, or correct the import`
      : "correct it",
  );
}

/** Nobody answered in time, or what answered was no Python with gunicorn. */
export function checkPython(complaint: string): Finding {
  return warning(
    "worker class",
    `cannot ask gunicorn's Python for worker class and app: ${complaint}`,
    "see whether gunicorn runs at all",
  );
}

export function checkDaemonFlag(args: readonly string[]): Finding {
  const flag = args.find((arg) => arg === "-D" || arg === "--daemon");
  return flag === undefined ? ok("gunicorn flags", "gunicorn stays in the foreground") : failed(
    "gunicorn flags",
    `gunicorn's flag ${flag} has it leave, so that it cannot be watched`,
    "take it out",
  );
}

/** @param files those of gunicorn's conf files that are there */
export function checkOwnSettings(files: string[], variable: string | undefined): Finding {
  const sources = [...files, ...(variable ? [`GUNICORN_CMD_ARGS (${variable})`] : [])];
  return ok(
    "gunicorn's conf",
    sources.length
      ? `gunicorn reads ${sources.join(" and ")} too; tandem's own flags overrule them`
      : "gunicorn reads no conf file of its own",
  );
}
