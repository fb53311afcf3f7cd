/** What cannot serve is refused at the start, with a status, the reason in a line, and nothing left running. */

import assert from "node:assert/strict";
import type { Bench } from "../../support/harness.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { exists, type Image } from "../../support/image.ts";
import { type LaunchOptions, USUAL_PATH } from "../../support/launcher.ts";

interface Refusal {
  what: string;
  status: number;
  says: RegExp;
  /** Gets ready what is wrong. What it returns is undone after the run. */
  prepare(image: Image, bench: Bench): Promise<Disposable | void> | Disposable | void;
  options?(image: Image): LaunchOptions;
  /** What is somebody else's and has to be there afterwards. */
  spares?(image: Image): string;
}

const refusals: Refusal[] = [
  {
    what: "no nginx on PATH",
    status: 78,
    says: /nginx.*PATH/,
    prepare: (image) => onPath(image, "gunicorn"),
    options: ({ folder }) => ({ env: { PATH: `${folder}/bin` } }),
  },
  {
    what: "no gunicorn on PATH",
    status: 78,
    says: /gunicorn.*PATH/,
    prepare: (image) => onPath(image, "nginx"),
    options: ({ folder }) => ({ env: { PATH: `${folder}/bin` } }),
  },
  {
    what: "a gunicorn that is not executable",
    status: 78,
    says: /gunicorn.*not executable/,
    prepare: ({ folder }) => Deno.writeTextFileSync(`${folder}/gunicorn`, "", { mode: 0o644 }),
    options: ({ folder }) => ({ args: ["--gunicorn", `${folder}/gunicorn`] }),
  },
  {
    what: "a gunicorn whose interpreter is missing",
    status: 69,
    says: /cannot start .*gunicorn/i,
    prepare: ({ folder }) =>
      Deno.writeTextFileSync(`${folder}/gunicorn`, "#!/no/such/python\n", { mode: 0o755 }),
    options: ({ folder }) => ({ args: ["--gunicorn", `${folder}/gunicorn`] }),
  },
  {
    what: "no nginx.conf",
    status: 78,
    says: /nginx\.conf/,
    prepare: ({ nginxConf }) => Deno.removeSync(nginxConf),
  },
  {
    what: "an nginx.conf with an unknown directive",
    status: 78,
    says: /unknown directive "no_such_directive"/,
    prepare: (image) => image.writeConf({ locations: "no_such_directive;" }),
  },
  {
    what: "an nginx.conf that says daemon on",
    status: 78,
    says: /daemon on/,
    prepare: (image) => image.writeConf({ daemon: "daemon on;" }),
  },
  {
    what: "a port that is taken",
    status: 78,
    says: /\d+ already/,
    prepare: ({ port }) => listener({ hostname: "0.0.0.0", port }),
  },
  {
    what: "a socket that is taken",
    status: 78,
    says: /gunicorn\.sock already/,
    prepare: ({ socket }) => listener({ transport: "unix", path: socket }),
    spares: ({ socket }) => socket,
  },
  {
    what: "no folder for the socket",
    status: 78,
    says: /no folder .*\/none/,
    prepare: () => {},
    options: ({ folder }) => ({ args: ["--socket", `${folder}/none/gunicorn.sock`] }),
  },
  {
    what: "no folder to start gunicorn in",
    status: 78,
    says: /no folder .*\/none/,
    prepare: () => {},
    options: ({ folder }) => ({ args: ["--chdir", `${folder}/none`] }),
  },
];

for (const { what, status, says, prepare, options = () => ({}), spares } of refusals) {
  forEachLaunch(`${what} is refused with ${status}`, async (bench) => {
    const image = bench.image();
    using _prepared = await prepare(image, bench) ?? nothing;
    const launcher = await bench.start({ image, ...options(image) });
    const { code } = await launcher.exit(5000);
    assert.equal(code, status);
    const errors = launcher.stderr.lines.filter((line) => line.startsWith("tandem: error: "));
    assert.equal(errors.length, 1, "one line says why");
    assert.match(errors[0]!, says);
    if (spares) assert.ok(exists(spares(image)), `${spares(image)} is still there`);
  }, ["ordinary process"]);
}

forEachLaunch("a second tandem on the same state folder is refused with 78", async (bench) => {
  const first = await bench.start();
  await first.ready();
  const other = bench.image();
  const second = await bench.start({ image: other, args: ["--state-dir", first.image.state] });
  assert.equal((await second.exit(5000)).code, 78);
  await second.stderr.line(/tandem: error: .*runs already \(pid \d+\)/, 0);
  assert.ok(first.isRunning);
}, ["ordinary process"]);

const nothing: Disposable = { [Symbol.dispose]() {} };

/** A folder for PATH in which there is only this one. */
function onPath({ folder }: Image, name: string): void {
  Deno.mkdirSync(`${folder}/bin`);
  Deno.symlinkSync(findOnPath(name), `${folder}/bin/${name}`);
}

function findOnPath(name: string): string {
  return USUAL_PATH.split(":").map((folder) => `${folder}/${name}`).find(exists)!;
}

function listener(options: Deno.TcpListenOptions | Deno.UnixListenOptions & { transport: "unix" }) {
  return "path" in options ? Deno.listen(options) : Deno.listen(options);
}
