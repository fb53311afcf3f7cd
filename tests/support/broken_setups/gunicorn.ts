/** Broken setups of gunicorn, its Python and the app. */

import { type BrokenSetup, failed, refuses, type ServeOutcome, warning } from "./setup.ts";

/** gunicorn starts, and exits with the reason on its own stderr. */
const exitsWith = (line: RegExp): ServeOutcome => ({ kind: "exits", statuses: [1, 3, 4], line });

/** A gunicorn that would move to the background. */
function daemonized(
  what: string,
  options: BrokenSetup["options"],
  where: string,
  conf?: string,
): BrokenSetup[] {
  return [{
    what: `gunicorn as a daemon by ${what}`,
    prepare({ program }) {
      if (conf) Deno.writeTextFileSync(`${program}/gunicorn.conf.py`, conf);
    },
    options,
    findings: [
      failed(
        "gunicorn's settings",
        new RegExp(`^\`daemon\` in ${where}.* moves gunicorn to the background`),
        /^remove it$/,
      ),
    ],
    serve: refuses,
    error: /daemon/,
  }];
}

export const gunicornSetups: BrokenSetup[] = [
  {
    what: "no gevent",
    prepare({ folder }) {
      Deno.mkdirSync(`${folder}/shadow`);
      Deno.writeTextFileSync(`${folder}/shadow/gevent.py`, "raise ImportError('not here')\n");
    },
    options: ({ folder }) => ({ env: { PYTHONPATH: `${folder}/shadow` } }),
    findings: [
      failed(
        "worker class",
        /^gunicorn cannot load the worker class gevent \(.*requires gevent/,
        /^install gevent for \S*python\S*, or choose another --worker-class$/,
      ),
    ],
    serve: exitsWith(/requires gevent/),
  },
  {
    what: "an app whose import fails",
    app: "import no_such_module_of_the_tests\n",
    checkFlags: ["--import-app"],
    findings: [
      failed(
        "app",
        /^cannot import wsgi:app: ModuleNotFoundError: No module named 'no_such_\w+' \(\S+wsgi\.py:1\)$/,
        /^install that module for \S+, or correct the import$/,
      ),
    ],
    serve: exitsWith(/No module named 'no_such_module_of_the_tests'/),
  },
  {
    what: "an app module that does not exist",
    options: () => ({ args: ["--app", "nowhere:app"] }),
    findings: [
      failed("app", /finds no module nowhere in \S+\/program$/, /^correct --app or --chdir$/),
    ],
    serve: exitsWith(/No module named 'nowhere'/),
  },
  {
    what: "an app with a syntax error",
    app: "def app(\n",
    findings: [failed("app", /^cannot import wsgi: .* in \S+\/wsgi\.py:\d+$/, /^fix that error$/)],
    serve: exitsWith(/SyntaxError/),
  },
  {
    what: "no folder for --chdir",
    options: ({ folder }) => ({ args: ["--chdir", `${folder}/none`] }),
    findings: [failed("chdir", /^there is no folder \S+\/none$/, /^correct --chdir$/)],
    serve: refuses,
    error: /no folder .*\/none/,
  },
  ...daemonized("--daemon", () => ({ args: ["--", "--daemon"] }), "the arguments after --"),
  ...daemonized("a prefix of --daemon", () => ({ args: ["--", "--daem"] }), "the arguments after"),
  ...daemonized("-D among short flags", () => ({ args: ["--", "-Dw1"] }), "the arguments after --"),
  ...daemonized(
    "GUNICORN_CMD_ARGS",
    () => ({ env: { GUNICORN_CMD_ARGS: "--daemon" } }),
    "GUNICORN_CMD_ARGS",
  ),
  ...daemonized("gunicorn.conf.py", undefined, "gunicorn's conf file", "daemon = True\n"),
  {
    what: "gunicorn's --check-config",
    options: () => ({ args: ["--", "--check-config"] }),
    findings: [
      failed("gunicorn's settings", /^`check_config` in .* makes gunicorn exit/, /remove/),
    ],
    serve: refuses,
  },
  {
    what: "an unknown flag for gunicorn",
    options: () => ({ args: ["--", "--no-such-flag"] }),
    findings: [
      failed("gunicorn's settings", /unrecognized arguments: --no-such-flag$/, /^correct/),
    ],
    serve: refuses,
  },
  {
    what: "a gunicorn.conf.py that fails",
    prepare: ({ program }) =>
      Deno.writeTextFileSync(`${program}/gunicorn.conf.py`, "workers = n\n"),
    findings: [failed("gunicorn's settings", /NameError: name 'n' is not defined$/, /^correct/)],
    serve: refuses,
  },
  {
    what: "a gunicorn that is not executable",
    prepare: ({ folder }) => Deno.writeTextFileSync(`${folder}/gunicorn`, "", { mode: 0o644 }),
    options: ({ folder }) => ({ args: ["--gunicorn", `${folder}/gunicorn`] }),
    findings: [
      failed("gunicorn", /^\S+\/gunicorn is missing or not executable$/, /^correct --gunicorn$/),
    ],
    serve: refuses,
    error: /gunicorn.*not executable/,
  },
  {
    what: "a gunicorn whose interpreter is missing",
    prepare: ({ folder }) =>
      Deno.writeTextFileSync(`${folder}/gunicorn`, "#!/no/such/python\n", { mode: 0o755 }),
    options: ({ folder }) => ({ args: ["--gunicorn", `${folder}/gunicorn`] }),
    findings: [
      failed("gunicorn", /^\S+\/gunicorn does not run: /, /^fix it, or correct --gunicorn$/),
      warning(
        "worker class",
        /^cannot check the worker class and the app /,
        /^check that gunicorn/,
      ),
    ],
    serve: { kind: "exits", statuses: [69], line: /^tandem: error: .*cannot start .*gunicorn/i },
    error: /cannot start .*gunicorn/i,
  },
];
