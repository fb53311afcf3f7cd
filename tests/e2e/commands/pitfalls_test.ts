/** `check` finds the settings of gunicorn that serve badly, in whichever way they are set. */

import assert from "node:assert/strict";
import type { Finding } from "../../../lib/checks/rules/finding.ts";
import { forEachLaunch } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import { ask } from "../../support/traffic/http_client.ts";

interface Pitfall {
  what: string;
  prepare?(image: Image): void | Promise<void>;
  args?: string[];
  env?(image: Image): Record<string, string>;
  /** The finding's name, and its line; without a line it is ok. */
  name: string;
  found?: RegExp;
}

const settings = (text: string) => ({ program }: Image) =>
  Deno.writeTextFileSync(`${program}/gunicorn.conf.py`, text);

/** What nginx before 1.29.7 needs to keep connections. */
function keeping({ nginxConf, socket }: Image): void {
  const text = Deno.readTextFileSync(nginxConf)
    .replace(`server unix:${socket};`, "$& keepalive 4;")
    .replace("proxy_redirect", 'proxy_http_version 1.1; proxy_set_header Connection ""; $&');
  Deno.writeTextFileSync(nginxConf, text);
}

/** A machine with a GPU has the real ones; what the probe asks them is all that these answer. */
const withTorch = (isInitialised: boolean) => ({ program }: Image) => {
  const answer = isInitialised ? "True" : "False";
  Deno.writeTextFileSync(
    `${program}/torch.py`,
    `class cuda:\n    is_initialized = staticmethod(lambda: ${answer})\n`,
  );
  useInApp(program, "import torch");
};

const withDriver = (status: number) => async ({ program }: Image) => {
  const source = `int cuCtxGetCurrent(void **context) { *context = 0; return ${status}; }\n`;
  Deno.writeTextFileSync(`${program}/cuda.c`, source);
  const library = `${program}/libcuda.so.1`;
  const args = ["-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o", library, `${program}/cuda.c`];
  const { code } = await new Deno.Command("gcc", { args }).output();
  assert.equal(code, 0, "gcc");
  Deno.writeTextFileSync(`${program}/cupy.py`, `import ctypes\nctypes.CDLL("${library}")\n`);
  useInApp(program, "import cupy");
};

function useInApp(program: string, line: string): void {
  const path = `${program}/wsgi.py`;
  Deno.writeTextFileSync(path, `${line}\n${Deno.readTextFileSync(path)}`);
}

const jitter = /^--max-requests 100 without .* restarts all 2 workers .*: set .*-jitter to 10$/;
const preload = ["--import-app", "--", "--preload"];
const keepAlive =
  /^nginx keeps idle connections to upstream gunicorn for 60 s, gunicorn for 2 s .* gets 502: set/;

const pitfalls: Pitfall[] = [
  {
    what: "--max-requests",
    args: ["--", "--max-requests", "100"],
    name: "max requests",
    found: jitter,
  },
  {
    what: "max_requests in a conf file",
    prepare: settings("max_requests = 100\n"),
    name: "max requests",
    found: jitter,
  },
  {
    what: "max requests with a jitter in the variable",
    args: ["--", "--max-requests", "100"],
    env: () => ({ GUNICORN_CMD_ARGS: "--max-requests-jitter 20" }),
    name: "max requests",
  },
  { what: "keep-alive of tandem", prepare: keeping, name: "keep-alive" },
  {
    what: "keep-alive of plain gunicorn",
    prepare: keeping,
    args: ["--plain-gunicorn"],
    name: "keep-alive",
    found: keepAlive,
  },
  {
    what: "keep-alive of a conf file",
    prepare(image) {
      keeping(image);
      settings("keepalive = 2\n")(image);
    },
    name: "keep-alive",
    found: keepAlive,
  },
  {
    what: "keep-alive of sync workers",
    prepare: keeping,
    args: ["--plain-gunicorn", "--worker-class", "sync"],
    name: "keep-alive",
  },
  {
    what: "keep-alive of sync workers with threads",
    prepare: keeping,
    args: ["--plain-gunicorn", "--worker-class", "sync", "--", "--threads", "2"],
    name: "keep-alive",
    found: keepAlive,
  },
  {
    what: "torch that has initialised CUDA",
    prepare: withTorch(true),
    args: preload,
    name: "preload",
    found: /^with --preload the app initialises CUDA in gunicorn's master \(torch\), and no worker/,
  },
  { what: "torch without CUDA", prepare: withTorch(false), args: preload, name: "preload" },
  {
    what: "CUDA in each worker",
    prepare: withTorch(true),
    args: ["--import-app"],
    name: "preload",
  },
  {
    what: "a driver of CUDA that is in use",
    prepare: withDriver(0),
    args: preload,
    name: "preload",
    found: /\(cupy\), and no worker/,
  },
  {
    what: "a driver of CUDA that is only loaded",
    prepare: withDriver(3),
    args: preload,
    name: "preload",
  },
  { what: "Debian's gunicorn, which has the fix", name: "request smuggling" },
  {
    what: "a setting of the built-in nginx.conf beside another one",
    args: ["--streaming"],
    name: "settings",
    found: /^--streaming has an effect on the built-in nginx\.conf only: set that in nginx\.conf/,
  },
];

for (const { what, prepare, args = [], env, name, found } of pitfalls) {
  forEachLaunch(`pitfalls: ${what} is ${found ? "found" : "no finding"}`, async (harness) => {
    const image = harness.image();
    await prepare?.(image);
    const launcher = await harness.start({
      image,
      command: ["check", "--json", ...image.flags, "--workers", "2", ...args],
      env: env?.(image),
    });
    assert.equal((await launcher.exit(60_000)).code, 0, launcher.stdout.text);
    const { checks }: { checks: Finding[] } = JSON.parse(launcher.stdout.text);
    const finding = checks.find((check) => check.name === name)!;
    const line = [finding.found, finding.fix].join(": ");
    assert.equal(finding.result, found ? "warning" : "ok", line);
    if (found) assert.match(line, found);
  }, ["ordinary process"]);
}

forEachLaunch("pitfalls: nginx's `auto` counts CPUs that tandem may not use", async (harness) => {
  const image = harness.image();
  const conf = Deno.readTextFileSync(image.nginxConf);
  Deno.writeTextFileSync(
    image.nginxConf,
    conf.replace("worker_processes 1", "worker_processes auto"),
  );
  const [, cpu] = /^Cpus_allowed_list:\s*(\d+)/m.exec(Deno.readTextFileSync("/proc/self/status"))!;
  const launcher = await harness.start({
    image,
    prefix: ["taskset", "-c", cpu!],
    command: ["check", ...image.flags],
  });
  assert.equal((await launcher.exit(60_000)).code, 0);
  const hasOneCpu = Deno.readTextFileSync("/sys/devices/system/cpu/online").trim() === "0";
  const line = hasOneCpu ? /^ok +worker_processes/ : /^warning +worker_processes .*set .* to 1$/;
  await launcher.stdout.line(line, 0);
}, ["ordinary process"]);

forEachLaunch("pitfalls: a server on the loopback interface of a container", async (harness) => {
  const image = harness.image();
  image.writeConf({ listen: `127.0.0.1:${image.port}` });
  const launcher = await harness.start({ image, command: ["check", ...image.flags] });
  assert.equal((await launcher.exit(60_000)).code, 0);
  const result = harness.mode === "PID 1"
    ? /^warning +loopback +nginx listens on/
    : /^ok +loopback/;
  await launcher.stdout.line(result, 0);
});

forEachLaunch("pitfalls: with underscores, a client sets the app's root", async (harness) => {
  const app = "def app(environ, start):\n" +
    "    start('200 OK', [])\n" +
    "    return [('root:' + environ['SCRIPT_NAME']).encode()]\n";
  for (const [line, body] of [["on", "root:/ping"], ["off", "root:"]]) {
    const image = harness.image({ app });
    image.writeConf({ locations: `underscores_in_headers ${line};` });
    const launcher = await harness.start({ image });
    await launcher.ready();
    const headers = { SCRIPT_NAME: "/ping" };
    const answer = await ask(image.port, "/ping/path", { headers });
    assert.equal(answer.body, body);
  }
}, ["ordinary process"]);
