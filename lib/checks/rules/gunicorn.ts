/** Rules on gunicorn: its worker class, the app, and the settings that do not come from tandem. */

import { failed, type Finding, ok, warning } from "./finding.ts";
import type { ResolvedGunicorn } from "./gunicorn_advice.ts";

/** A setting that keeps gunicorn from serving in the foreground, and where gunicorn has it from. */
export interface NotServing {
  name: string;
  origin: "arguments" | "variable" | "file";
}

/** gunicorn's own settings, as it has resolved them. */
export interface GunicornSettings {
  bind: string[];
  pidFile?: string | null;
  user?: string | number | null;
  notServing: NotServing[];
  /** The names of all settings that its arguments, its variable or its conf file set. */
  chosen: string[];
}

/** What probe.py prints if gunicorn accepts its settings; the complaints are Python's. */
export interface ProbeResult {
  settings: GunicornSettings;
  facts: ResolvedGunicorn;
  /** Where gunicorn runs the app. */
  folder: string;
  app: string;
  /** `isKnown`: whether gunicorn itself brings a class of this name. */
  workerClass: { name: string; isKnown: boolean; complaint?: string };
  /** Both absent if there is no such module. */
  module: { file?: string; complaint?: string };
  /** Only if the app was imported. */
  import?: { workerBytes?: number; cuda?: string | null; complaint?: string };
}

const SETTINGS = "gunicorn's settings";

export function checkSettingsComplaint(complaint: string): Finding {
  return failed(
    SETTINGS,
    `gunicorn rejects its settings: ${complaint}`,
    "correct the arguments after --, GUNICORN_CMD_ARGS or gunicorn's conf file",
  );
}

/** @param socket the one to which nginx passes requests */
export function checkGunicornSettings(
  { notServing: [culprit], bind, pidFile, user }: GunicornSettings,
  socket: string,
): Finding {
  if (culprit) return checkNotServing(culprit);
  if (!bind.includes(`unix:${socket}`)) {
    return failed(
      SETTINGS,
      `gunicorn listens on ${bind.join(" and ")}, not on ${socket}, so nginx would not reach it`,
      "remove bind from gunicorn's conf file",
    );
  }
  const more = [
    ...(user ? [`workers of user ${user}`] : []),
    ...(pidFile ? [`pid file ${pidFile}`] : []),
  ];
  return ok(
    SETTINGS,
    `gunicorn stays in the foreground and listens on ${[bind.join(" and "), ...more].join(", ")}`,
  );
}

function checkNotServing({ name, origin }: NotServing): Finding {
  const where = {
    arguments: "the arguments after --",
    variable: "GUNICORN_CMD_ARGS",
    file: "gunicorn's conf file",
  }[origin];
  return failed(
    SETTINGS,
    name === "daemon"
      ? `\`daemon\` in ${where} moves gunicorn to the background, where tandem cannot supervise it`
      : `\`${name}\` in ${where} makes gunicorn exit instead of serving`,
    "remove it",
  );
}

/** For a gunicorn that cannot be asked for its settings. @returns the flag as gunicorn's own settings would say it */
export function findDaemonFlag(args: readonly string[]): Finding | undefined {
  return args.some((arg) => arg === "-D" || arg === "--daemon")
    ? checkNotServing({ name: "daemon", origin: "arguments" })
    : undefined;
}

export function checkWorkerClass({ workerClass }: ProbeResult, python: string): Finding {
  const { name: workers, isKnown, complaint } = workerClass;
  const name = "worker class";
  if (complaint === undefined) return ok(name, `gunicorn can load ${workers}`);
  const library = /^(gevent|eventlet|tornado)$/.exec(workers)?.[1];
  return failed(
    name,
    `gunicorn cannot load the worker class ${workers} (${complaint})`,
    library && isKnown
      ? `install ${library} for ${python}, or choose another --worker-class`
      : library
      ? "choose another --worker-class: this version of gunicorn does not have it"
      : "correct --worker-class",
  );
}

export function checkApp(probe: ProbeResult, python: string): Finding {
  const { app, folder, module: { file, complaint } } = probe;
  const module = app.split(":")[0]!;
  if (complaint !== undefined) {
    return failed("app", `cannot import ${module}: ${complaint}`, "fix that error");
  }
  if (file === undefined) {
    const found = `${python} finds no module ${module} in ${folder}`;
    return failed("app", found, "correct --app or --chdir");
  }
  if (!probe.import) {
    return ok("app", `module ${module} is ${file} (not imported: that takes --import-app)`);
  }
  if (probe.import.complaint === undefined) return ok("app", `imported ${app} from ${file}`);
  return failed(
    "app",
    `cannot import ${app}: ${probe.import.complaint}`,
    probe.import.complaint.startsWith("ModuleNotFoundError")
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

/**
 * @param files the conf files of gunicorn that exist
 * @param hasVariable whether GUNICORN_CMD_ARGS is set; its text may hold secrets, as in `--env`
 */
export function checkOwnSettings(files: string[], hasVariable: boolean): Finding {
  const sources = [...files, ...(hasVariable ? ["GUNICORN_CMD_ARGS"] : [])];
  return ok(
    "gunicorn's conf",
    sources.length
      ? `gunicorn also reads ${
        sources.join(" and ")
      }; only the flags that tandem passes take precedence`
      : "gunicorn reads no conf file",
  );
}
