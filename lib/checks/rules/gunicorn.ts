/** Rules on gunicorn: its worker class, the app, and the settings that do not come from tandem. */

import { failed, type Finding, ok, warning } from "./finding.ts";

/** What probe.py prints; the complaints are Python's. */
export interface ProbeResult {
  python: string;
  workerClass: { complaint?: string };
  /** Both absent if there is no such module. */
  module: { file?: string; complaint?: string };
  /** Only if the app was imported. */
  app?: { workerBytes?: number; complaint?: string };
}

export function checkWorkerClass(workerClass: string, probe: ProbeResult): Finding {
  const { complaint } = probe.workerClass;
  const name = "worker class";
  if (complaint === undefined) return ok(name, `gunicorn can load ${workerClass}`);
  const library = /^(gevent|eventlet|tornado)$/.exec(workerClass)?.[1];
  return failed(
    name,
    `gunicorn cannot load the worker class ${workerClass} (${complaint})`,
    library
      ? `install ${library} for ${probe.python}, or choose another --worker-class`
      : "correct --worker-class",
  );
}

export function checkApp(app: string, folder: string, probe: ProbeResult): Finding {
  const { module: { file, complaint }, python } = probe;
  const module = app.split(":")[0]!;
  if (complaint !== undefined) {
    return failed("app", `cannot import ${module}: ${complaint}`, "fix that error");
  }
  if (file === undefined) {
    const found = `${python} finds no module ${module} in ${folder}`;
    return failed("app", found, "correct --app or --chdir");
  }
  if (!probe.app) {
    return ok("app", `module ${module} is ${file} (not imported: that takes --import-app)`);
  }
  if (probe.app.complaint === undefined) return ok("app", `imported ${app} from ${file}`);
  return failed(
    "app",
    `cannot import ${app}: ${probe.app.complaint}`,
    probe.app.complaint.startsWith("ModuleNotFoundError")
      ? `install that module for ${python}, or correct the import`
      : "fix that error",
  );
}

/** For a probe that did not run to its end. */
export function checkPython(complaint: string): Finding {
  return warning(
    "worker class",
    `cannot check the worker class and the app with gunicorn's Python: ${complaint}`,
    "check that gunicorn runs",
  );
}

export function checkDaemonFlag(args: readonly string[]): Finding {
  const flag = args.find((arg) => arg === "-D" || arg === "--daemon");
  return flag === undefined ? ok("gunicorn flags", "gunicorn stays in the foreground") : failed(
    "gunicorn flags",
    `gunicorn's flag ${flag} moves it to the background, where tandem cannot supervise it`,
    "remove that flag",
  );
}

/**
 * @param files the conf files of gunicorn that exist
 * @param variable the value of GUNICORN_CMD_ARGS
 */
export function checkOwnSettings(files: string[], variable: string | undefined): Finding {
  const sources = [...files, ...(variable ? [`GUNICORN_CMD_ARGS (${variable})`] : [])];
  return ok(
    "gunicorn's conf",
    sources.length
      ? `gunicorn also reads ${sources.join(" and ")}; the flags from tandem take precedence`
      : "gunicorn reads no conf file",
  );
}
