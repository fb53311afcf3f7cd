/** Images that cannot serve, or not well, each for one reason. */

import { type Image, type ImageOptions } from "./image.ts";
import type { Bench } from "./harness.ts";
import type { LaunchOptions } from "./launcher.ts";

export interface ExpectedFinding {
  name: string;
  result: "warning" | "failed";
  found: RegExp;
  mend: RegExp;
}

/** What `serve` makes of it; where it refuses or warns, it does so in the words of `check`. */
export type ServeOutcome =
  | "refuses"
  | "warns"
  /** It warns, and is right: it never gets ready. */
  | "warns in vain"
  | "serves"
  | { ends: RegExp }
  /** Too large for a test. */
  | "is not tried";

export interface BrokenSetup {
  what: string;
  app?: ImageOptions["app"];
  /** Breaks it. What it returns is undone after the test. */
  prepare?(image: Image, bench: Bench): void | AsyncDisposable | Promise<AsyncDisposable | void>;
  options?(image: Image): LaunchOptions;
  /** Flags of `check`, beside `--json`. */
  asks?: string[];
  /** All that is not ok; nothing where it is no obstacle. */
  finds?: ExpectedFinding[];
  /** What depends on the tester's machine. */
  mayFind?: string[];
  /** What a check that is ok says of it. */
  says?: { name: string; found: RegExp };
  serve: ServeOutcome;
  needsRoot?: boolean;
}

const failed = (name: string, found: RegExp, mend: RegExp): ExpectedFinding => ({
  name,
  result: "failed",
  found,
  mend,
});
const warning = (name: string, found: RegExp, mend: RegExp): ExpectedFinding => ({
  ...failed(name, found, mend),
  result: "warning",
});

export const brokenSetups: BrokenSetup[] = [
  {
    what: "an unknown directive in nginx.conf",
    prepare: (image) => image.writeConf({ locations: "no_such_directive;" }),
    finds: [
      failed(
        "nginx -t",
        /^nginx refuses its conf: unknown directive "no_such_directive" in \S+nginx\.conf:\d+$/,
        /^correct that line$/,
      ),
    ],
    serve: "refuses",
  },
  {
    what: "an include that is not there",
    prepare: (image) => image.writeConf({ locations: "include /no/such/include.conf;" }),
    finds: [
      failed("nginx -t", /"\/no\/such\/include\.conf" failed \(2: .*nginx\.conf:\d+$/, /that line/),
    ],
    serve: "refuses",
  },
  {
    what: "no gevent",
    prepare: ({ folder }) =>
      writeIn(`${folder}/shadow`, "gevent.py", "raise ImportError('not here')\n"),
    options: ({ folder }) => ({ env: { PYTHONPATH: `${folder}/shadow` } }),
    finds: [
      failed(
        "worker class",
        /^gunicorn cannot load the worker class gevent \(.*requires gevent/,
        /^install gevent for \S*python\S*, or choose another --worker-class$/,
      ),
    ],
    serve: { ends: /requires gevent/ },
  },
  {
    what: "an app whose import fails",
    app: "import no_such_module_of_the_tests\n",
    asks: ["--import-app"],
    finds: [
      failed(
        "app",
        /^cannot import wsgi:app: ModuleNotFoundError: No module named 'no_such_\w+' \(\S+wsgi\.py:1\)$/,
        /^install it for \S+, or correct the import$/,
      ),
    ],
    serve: { ends: /No module named 'no_such_module_of_the_tests'/ },
  },
  {
    what: "no module of that name",
    options: () => ({ args: ["--app", "nowhere:app"] }),
    finds: [
      failed("app", /finds no module nowhere from \S+\/program$/, /^correct --app or --chdir$/),
    ],
    serve: { ends: /No module named 'nowhere'/ },
  },
  {
    what: "an app with a slip in its syntax",
    app: "def app(\n",
    finds: [failed("app", /^cannot import wsgi: .* in \S+\/wsgi\.py:\d+$/, /^correct it$/)],
    serve: { ends: /SyntaxError/ },
  },
  {
    what: "a port that is taken",
    prepare: ({ port }) => closing(Deno.listen({ hostname: "127.0.0.1", port })),
    finds: [
      failed(
        "listen PORT",
        /^something answers on \d+ already \(\S+, pid \d+\)$/,
        /^stop it, or listen elsewhere$/,
      ),
    ],
    serve: "refuses",
  },
  {
    what: "a stale socket",
    prepare: ({ socket }) => leaveSocket(socket),
    says: { name: "socket", found: /gunicorn\.sock is stale, left by an earlier run: gunicorn re/ },
    serve: "serves",
  },
  {
    what: "a live socket",
    prepare: ({ socket }) => closing(Deno.listen({ transport: "unix", path: socket })),
    finds: [
      failed(
        "socket",
        /^something answers on \S+gunicorn\.sock already \(\S+, pid \d+\)$/,
        /^stop it, or choose another --socket$/,
      ),
    ],
    serve: "refuses",
  },
  {
    what: "a file in the socket's place",
    prepare: ({ folder }) => Deno.writeTextFileSync(`${folder}/file`, ""),
    options: ({ folder }) => ({ args: ["--socket", `${folder}/file`] }),
    finds: [
      failed("socket", /\/file is there and no socket/, /^remove it, or choose another --socket$/),
      warning(
        "proxy_pass",
        /\/file, but nginx passes requests to unix:\S+, which ends in 502$/,
        /./,
      ),
    ],
    serve: "refuses",
  },
  {
    what: "a folder that cannot be written to, for the socket",
    needsRoot: true,
    prepare(image) {
      Deno.mkdirSync(`${image.folder}/closed`, { mode: 0o555 });
      image.writeConf({ socket: `${image.folder}/closed/g.sock`, locations: ownTemps(image) });
      giveToNobody(image);
    },
    options: ({ folder }) => ({ ...asNobody, args: ["--socket", `${folder}/closed/g.sock`] }),
    finds: [
      failed(
        "socket folder",
        /^cannot write to \S+\/closed \(it belongs to root, mode 0555, and tandem runs as \S+\), where gunicorn makes/,
        /^correct --socket$/,
      ),
    ],
    serve: "refuses",
  },
  {
    what: "a stale socket of another owner",
    needsRoot: true,
    async prepare(image) {
      const folder = `${image.folder}/sticky`;
      Deno.mkdirSync(folder);
      Deno.chmodSync(folder, 0o1777);
      await leaveSocket(`${folder}/g.sock`);
      image.writeConf({ socket: `${folder}/g.sock`, locations: ownTemps(image) });
      giveToNobody(image);
    },
    options: ({ folder }) => ({ ...asNobody, args: ["--socket", `${folder}/sticky/g.sock`] }),
    finds: [
      failed("socket", /is stale and belongs to root, so that gunicorn cannot/, /^remove it, or/),
    ],
    serve: "refuses",
  },
  {
    what: "a folder that nginx's user may not enter, for the socket",
    needsRoot: true,
    prepare(image) {
      Deno.mkdirSync(`${image.folder}/private`, { mode: 0o700 });
      image.writeConf({ socket: `${image.folder}/private/g.sock` });
    },
    options: ({ folder }) => ({ args: ["--socket", `${folder}/private/g.sock`] }),
    finds: [
      warning(
        "nginx's user",
        /workers run as \S+, who may not enter \S+\/private and so does not come to gunicorn's/,
        /^let \S+ pass \(chmod o\+x \S+\/private\), or choose another place$/,
      ),
    ],
    serve: "warns in vain",
  },
  {
    what: "no nginx",
    prepare: ({ folder }) => {
      Deno.mkdirSync(`${folder}/bin`);
      Deno.symlinkSync("/usr/bin/gunicorn", `${folder}/bin/gunicorn`);
    },
    options: ({ folder }) => ({ env: { PATH: `${folder}/bin` } }),
    finds: [
      failed(
        "nginx",
        /^cannot find nginx on PATH$/,
        /^install nginx, or say where it is with --nginx$/,
      ),
    ],
    serve: "refuses",
  },
  {
    what: "a wrong path to nginx",
    options: () => ({ args: ["--nginx", "/nope"] }),
    finds: [failed("nginx", /^\/nope is not there or not executable$/, /^correct --nginx$/)],
    serve: "refuses",
  },
  {
    what: "daemon on",
    prepare: (image) => image.writeConf({ daemon: "daemon on;" }),
    finds: [
      failed("nginx -t", /^nginx\.conf says `daemon on`, so nginx/, /^take that line out$/),
    ],
    serve: "refuses",
  },
  {
    what: "64 workers on one CPU",
    options: () => ({ args: ["--workers", "64"], prefix: ["taskset", "-c", "0"] }),
    finds: [warning("workers", /^64 gunicorn workers for 1 CPU: /, /^set --workers to 3 or less/)],
    mayFind: ["memory"],
    serve: "is not tried",
  },
  {
    what: "a hard limit of 64 open files",
    options: () => ({ prefix: ["prlimit", "--nofile=64:64"] }),
    finds: [
      warning(
        "open files",
        /^512 worker_connections need up to 1024 open files .* and 64 are allowed/,
        /ulimit nofile.*worker_connections to 32$/,
      ),
    ],
    serve: "warns",
  },
  {
    what: "a read-only root",
    needsRoot: true,
    options: ({ folder }) => ({ prefix: readOnly("/", folder) }),
    finds: [
      failed("socket folder", /\(a read-only file system\), where gunicorn/, /--socket/),
      warning("state", /^cannot keep state in .*read-only file system/, /--state-dir/),
      failed("nginx -t", /\(30: Read-only file system\)/, /^let tandem write there, or/),
      warning("link access.log", /read-only file system/, /--no-log-links/),
      warning("link error.log", /read-only file system/, /--no-log-links/),
    ],
    serve: "refuses",
  },
  {
    what: "a log folder that is not there",
    prepare: (image) => image.writeConf({ logDir: `${image.folder}/none/log` }),
    options: ({ folder }) => ({ args: ["--log-dir", `${folder}/none/log`] }),
    says: { name: "link access.log", found: /access\.log is missing: serve makes it a link to/ },
    serve: "serves",
  },
  {
    what: "another tandem on the same state folder",
    async prepare(image, bench) {
      const first = await bench.start({ args: ["--workers", "1"] });
      await first.ready();
      stateOf.set(image, first.image.state);
    },
    options: (image) => ({ args: ["--state-dir", stateOf.get(image)!] }),
    finds: [
      failed("instance", /^tandem runs already \(pid \d+\)$/, /^stop it, or give this one its own/),
    ],
    serve: "refuses",
  },
  {
    what: "a state folder that cannot be written to",
    needsRoot: true,
    prepare(image) {
      Deno.mkdirSync(`${image.folder}/closed`, { mode: 0o555 });
      image.writeConf({ locations: ownTemps(image) });
      giveToNobody(image);
    },
    options: ({ folder }) => ({ ...asNobody, args: ["--state-dir", `${folder}/closed/state`] }),
    finds: [
      warning(
        "state",
        /^cannot keep state in \S+\/closed\/state \(it belongs to root, mode 0555, .*\), so that/,
        /^name another folder with --state-dir$/,
      ),
    ],
    serve: "warns",
  },
  {
    what: "temp folders that cannot be written to",
    needsRoot: true,
    prepare(image) {
      Deno.mkdirSync(`${image.folder}/temp_proxy`, { mode: 0o555 });
      image.writeConf({ locations: ownTemps(image) });
      giveToNobody(image);
    },
    options: () => asNobody,
    finds: [
      warning(
        "temp folders",
        /^nginx cannot write to \S+\/temp_proxy \(it belongs to root, mode 0555, /,
        /^let it write there, or set client_body_temp_path and proxy_temp_path$/,
      ),
    ],
    serve: "warns",
  },
  {
    what: "a graceful timeout above the grace period",
    options: () => ({ args: ["--grace-period", "25", "--", "--graceful-timeout", "60"] }),
    finds: [
      warning(
        "graceful timeout",
        /^gunicorn may take 60 s to end \(--graceful-timeout\), but is killed after 25 s/,
        /^set --graceful-timeout to 20 or leave it out, or make --grace-period longer$/,
      ),
    ],
    serve: "warns",
  },
  {
    what: "a proxy_pass to another socket",
    prepare: (image) => image.writeConf({ socket: "/tmp/elsewhere.sock" }),
    finds: [
      warning(
        "proxy_pass",
        /^gunicorn listens on unix:\S+, but nginx passes requests to unix:\/tmp\/elsewhere\.sock/,
        /^correct proxy_pass or --socket$/,
      ),
    ],
    serve: "warns in vain",
  },
  {
    what: "a gunicorn that is told to leave",
    options: () => ({ args: ["--", "--daemon"] }),
    finds: [failed("gunicorn flags", /^gunicorn's flag --daemon has it leave/, /^take it out$/)],
    serve: "refuses",
  },
];

const stateOf = new WeakMap<Image, string>();

const NOBODY = 65534;
const asNobody = {
  prefix: ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
};

function giveToNobody({ folder, program, log }: Image): void {
  for (const path of [folder, program, log]) Deno.chownSync(path, NOBODY, NOBODY);
}

/** Temp folders that an nginx without root may make. */
function ownTemps({ folder }: Image): string {
  return ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/temp_${name};`).join(" ");
}

function readOnly(...folders: string[]): string[] {
  const mounts = folders.map((folder) =>
    `mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder} && `
  );
  return ["unshare", "--mount", "sh", "-c", `${mounts.join("")} exec "$@"`, "sh"];
}

function writeIn(folder: string, name: string, text: string): void {
  Deno.mkdirSync(folder);
  Deno.writeTextFileSync(`${folder}/${name}`, text);
}

/** As a process leaves it that was killed. */
async function leaveSocket(path: string): Promise<void> {
  const script = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  const { code } = await new Deno.Command("/usr/bin/python3", { args: ["-c", script, path] })
    .output();
  if (code !== 0) throw new Error(`Cannot make the socket ${path}`);
}

function closing(listener: Deno.Listener): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => Promise.resolve(listener.close()),
  };
}
