/** Broken setups of gunicorn, its Python and the app. */

import { type BrokenSetup, failed, refuses, type ServeOutcome, warning } from "./setup.ts";

/** gunicorn starts, and exits with the reason on its own stderr. */
const exitsWith = (line: RegExp): ServeOutcome => ({ kind: "exits", statuses: [1, 3, 4], line });

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
  {
    what: "gunicorn's --daemon",
    options: () => ({ args: ["--", "--daemon"] }),
    findings: [
      failed(
        "gunicorn flags",
        /^gunicorn's flag --daemon moves it to the background, where tandem cannot supervise it$/,
        /^remove that flag$/,
      ),
    ],
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
