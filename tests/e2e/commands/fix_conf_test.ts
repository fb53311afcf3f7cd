/** `check --fix-conf` prints changes that patch(1) applies, that nginx accepts, and that leave nothing to fix. */

import assert from "node:assert/strict";
import type { Finding } from "../../../lib/checks/rules/finding.ts";
import { baseEnvironment } from "../../support/environment.ts";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import { assertMatchesSchema } from "../../support/json_schemas.ts";
import { findTool } from "../../support/machine/needs.ts";
import { ask } from "../../support/traffic/http_client.ts";

const ONCE = ["ordinary process"] as const;

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const bytesAsText = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** Its bytes are no UTF-8, and its last line has no newline. */
function mainConf({ folder, log, socket }: Image): string {
  return `worker_processes 2048;\t# caf\xe9
daemon on;
pid ${folder}/nginx.pid;
error_log ${log}/error.log;
events {}
http {
  underscores_in_headers   on; # an old app needs it
  log_format short '{ "$status"; }'; # }
  access_log "${log}/access.log" short buffer=32k;
  upstream app {
    server unix:${socket};
    # As many as there are workers.
    keepalive 8; # idle
  }
  include "sites/*";
  include /no/such/*;
}`;
}

function serverConf({ port }: Image): string {
  return `server {\r
  listen ${port} # the port
    deferred backlog=64;
  proxy_set_header Host "$host";
  proxy_set_header X-Forwarded-For $remote_addr;

  location /invocations { proxy_pass http://app; }
  location / {
    if ($arg_slow) { proxy_pass http://app; }
    proxy_read_timeout    30s;
    proxy_http_version 1.1;
    proxy_set_header Connection '';\r
    proxy_pass http://app;
  }
}
`;
}

/** What the files are with every fix, and nothing else changed. */
function fixed(main: string, server: string, cpus: string): string[] {
  const replace = (text: string, ...pairs: [string, string][]) =>
    pairs.reduce((sum, [old, fresh]) => {
      assert.ok(sum.includes(old), old);
      return sum.replace(old, () => fresh);
    }, text);
  return [
    replace(
      main,
      [" 2048;", ` ${cpus};`],
      ["daemon on;", "daemon off;"],
      ["  on; # an", "  off; # an"],
      ["buffer=32k;", "buffer=32k flush=5s;"],
      ["    keepalive 8;", "    keepalive_timeout 4s;\n    keepalive 8;"],
    ),
    replace(
      server,
      ["    deferred backlog", " backlog"],
      ["invocations { p", "invocations { client_max_body_size 25m; p"],
      ["    30s;", "    60s;"],
      [
        "    proxy_set_header Connection ''",
        "    proxy_set_header Host $host;\r\n    proxy_set_header X-Forwarded-For $remote_addr;\r\n" +
        "    proxy_set_header Connection ''",
      ],
      [
        "    proxy_pass http://app;\n",
        "    client_max_body_size 25m;\r\n    proxy_pass http://app;\n",
      ],
    ),
  ];
}

forEachLaunch(
  "check --fix-conf: the diff makes a conf with every pitfall sound",
  async (harness) => {
    const image = harness.image();
    const sites = `${image.program}/sites`;
    const site = `${image.program}/site with space.conf`;
    Deno.mkdirSync(sites);
    Deno.symlinkSync(site, `${sites}/site`);
    const [main, server] = [mainConf(image), serverConf(image)];
    Deno.writeFileSync(image.nginxConf, latin1(main));
    Deno.writeFileSync(site, latin1(server));
    const flags = [...image.flags, "--", "--keep-alive", "5"];
    const read = () => [image.nginxConf, site].map((path) => bytesAsText(Deno.readFileSync(path)));

    const diff = await print(harness, image, ["--fix-conf", ...flags]);
    assert.deepEqual(read(), [main, server], "nothing is written");
    const json = JSON.parse(
      decode(await print(harness, image, ["--json", "--fix-conf", ...flags], 78)),
    );
    assertMatchesSchema(json, "check");
    assert.deepEqual(json.diffs.map(({ path }: { path: string }) => path), [image.nginxConf, site]);
    assert.equal(json.diffs.map(({ diff }: { diff: string }) => diff).join(""), decode(diff));
    assert.ok(json.checks.every((check: Finding) => check.edits === undefined));

    const patched = await run("patch", ["-p0", "-d", "/", "--fuzz=0"], diff);
    assert.doesNotMatch(patched, /fuzz|offset/);
    const [, cpus] = /^worker_processes (\d+);/.exec(read()[0]!)!;
    assert.deepEqual(read(), fixed(main, server, cpus!));
    await run(findTool("nginx")!, ["-t", "-c", image.nginxConf]);

    const after = JSON.parse(
      decode(await print(harness, image, ["--json", "--fix-conf", ...flags])),
    );
    assert.deepEqual(after.checks.filter(({ result }: Finding) => result !== "ok"), []);
    assert.deepEqual(after.diffs, []);
    assert.equal((await print(harness, image, ["--fix-conf", ...flags])).length, 0);
    const launcher = await harness.start({ image, args: ["--", "--keep-alive", "5"] });
    await launcher.ready();
    assert.equal((await ask(image.port, "/invocations")).status, 200);
  },
  ONCE,
);

forEachLaunch("check --fix-conf: nothing to fix, nothing printed", async (harness) => {
  const image = harness.image();
  const text = Deno.readTextFileSync(image.nginxConf);
  Deno.writeTextFileSync(image.nginxConf, text.replace("size 5m", "size 25m"));
  assert.equal((await print(harness, image, ["--fix-conf", ...image.flags])).length, 0);

  // Too many connections, in a conf that is not the user's.
  const builtIn = [...image.flags, "--nginx-conf", "builtin", "--port", `${image.port}`];
  const prefix = ["prlimit", "--nofile=256"];
  assert.equal((await print(harness, image, ["--fix-conf", ...builtIn], 0, prefix)).length, 0);
}, ONCE);

forEachLaunch("check --fix-conf says why there is no conf to fix", async (harness) => {
  const image = harness.image({ conf: { locations: "no_such_directive;" } });
  const launcher = await harness.start({ image, command: ["check", "--fix-conf", ...image.flags] });
  assert.equal((await launcher.exit(20_000)).code, 78);
  assert.equal(launcher.stdout.text, "");
  await launcher.stderr.line(/^tandem: nginx rejects its conf: .*no_such.*: fix that line$/, 0);
}, ONCE);

/** As bytes, which the output of a launcher is not. */
async function print(
  { edition }: Harness,
  image: Image,
  flags: string[],
  status = 0,
  prefix: string[] = [],
): Promise<Uint8Array<ArrayBuffer>> {
  const [command, ...args] = [...prefix, edition.path, "check", ...flags];
  const { code, stdout, stderr } = await new Deno.Command(command!, {
    args,
    cwd: image.program,
    clearEnv: true,
    env: { ...baseEnvironment(), TMPDIR: image.temp },
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert.equal(code, status, decode(stderr) || decode(stdout));
  return stdout;
}

async function run(command: string, args: string[], input = new Uint8Array()): Promise<string> {
  const child = new Deno.Command(command, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(input);
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 0, decode(stdout) + decode(stderr));
  return decode(stdout);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
