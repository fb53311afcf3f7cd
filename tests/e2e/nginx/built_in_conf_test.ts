/** What the built-in nginx.conf passes on, buffers and logs. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { exists, type Image } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until, within } from "../../support/waiting.ts";

const WAIT_MS = 20_000;

async function startEcho(harness: Harness, ...args: string[]): Promise<Launcher> {
  const image = harness.image({ app: "echo.py" });
  const launcher = await harness.start({
    image,
    // PID files and sockets of the image, but no conf.
    command: [
      ...["serve", "--nginx-conf", "builtin", "--port", `${image.port}`],
      ...["--socket", image.socket, "--state-dir", image.state, "--log-dir", image.log],
      ...args,
    ],
  });
  await launcher.ready();
  return launcher;
}

async function headersAtApp(
  image: Image,
  headers: Record<string, string>,
): Promise<Record<string, string>> {
  const { status, body } = await ask(image.port, "/headers", { headers });
  assert.equal(status, 200, body);
  return JSON.parse(body);
}

const HOSTILE = {
  "X-Forwarded-For": "6.6.6.6",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "evil",
  "X-Forwarded-Port": "1",
  "X-Forwarded-Prefix": "/evil",
  "X-Forwarded-Ssl": "on",
  "X-Forwarded-Protocol": "ssl",
  "X-Real-IP": "6.6.6.6",
  "Forwarded": "for=6.6.6.6",
};

forEachLaunch("built-in conf: a client's forwarding headers are replaced", async (harness) => {
  const { image } = await startEcho(harness);
  const seen = await headersAtApp(image, HOSTILE);
  assert.equal(seen.scheme, "http");
  assert.match(seen.X_REQUEST_ID!, /^[0-9a-f]{32}$/);
  const forwarding = Object.entries(seen).filter(([name]) => /FORWARDED|REAL_IP/.test(name));
  assert.deepEqual(Object.fromEntries(forwarding), {
    X_FORWARDED_FOR: "127.0.0.1",
    X_FORWARDED_PROTO: "http",
    X_REAL_IP: "127.0.0.1",
  });
}, ["ordinary process"]);

forEachLaunch("built-in conf: those of a trusted proxy are passed on", async (harness) => {
  const { image } = await startEcho(harness, "--trust-proxy", "10.0.0.0/8,127.0.0.0/8");
  const seen = await headersAtApp(image, { ...HOSTILE, "X-Request-ID": "theirs" });
  assert.equal(seen.scheme, "https");
  assert.equal(seen.X_REQUEST_ID, "theirs");
  const forwarding = Object.entries(seen).filter(([name]) => /FORWARDED|REAL_IP/.test(name));
  assert.deepEqual(Object.fromEntries(forwarding), {
    X_FORWARDED_FOR: "6.6.6.6, 127.0.0.1",
    X_FORWARDED_PROTO: "https",
    X_FORWARDED_HOST: "evil",
    X_FORWARDED_PORT: "1",
    X_FORWARDED_PREFIX: "/evil",
    X_REAL_IP: "6.6.6.6",
    FORWARDED: "for=6.6.6.6",
  });
}, ["ordinary process"]);

/** Sends text and reads until `pattern` matches. */
async function talk(connection: Deno.Conn, text: string, pattern: RegExp): Promise<string> {
  await connection.write(new TextEncoder().encode(text));
  let seen = "";
  const bytes = new Uint8Array(4096);
  while (!pattern.test(seen)) {
    const size = await within(WAIT_MS, `${pattern}`, connection.read(bytes));
    if (size === null) throw new Error(`Ended without ${pattern}: ${seen}`);
    seen += new TextDecoder().decode(bytes.subarray(0, size));
  }
  return seen;
}

function request(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, "Host: localhost", ...headers, "\r\n"].join("\r\n");
}

forEachLaunch("built-in conf: a websocket is a tunnel, h2c is not offered", async (harness) => {
  const { image: { port } } = await startEcho(harness);
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const upgrade = request("/socket", "Upgrade: WebSocket", "Connection: upgrade");
  await talk(socket, upgrade, /^HTTP\/1\.1 101 .*\r\n\r\n/s);
  await talk(socket, "ping", /ping$/);

  const seen = await ask(port, "/headers", {
    headers: { "Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings" },
  });
  assert.equal(JSON.parse(seen.body).UPGRADE, undefined);
}, ["ordinary process"]);

forEachLaunch("built-in conf: server-sent events arrive one by one", async (harness) => {
  const { image } = await startEcho(harness);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: image.port });
  await talk(connection, request("/events"), /data: first/);
  Deno.writeTextFileSync(`${image.program}/go`, "");
  await talk(connection, "", /data: second/);
}, ["ordinary process"]);

forEachLaunch("built-in conf: --streaming buffers no answer and no body", async (harness) => {
  const { image } = await startEcho(harness, "--streaming");
  using events = await Deno.connect({ hostname: "127.0.0.1", port: image.port });
  await talk(events, request("/events?plain"), /data: first/);
  Deno.writeTextFileSync(`${image.program}/go`, "");
  await talk(events, "", /data: second/);

  using upload = await Deno.connect({ hostname: "127.0.0.1", port: image.port });
  const head = request("/pieces", "Content-Length: 4096").replace("GET", "POST");
  await upload.write(new TextEncoder().encode(head + "a".repeat(2048)));
  await until(WAIT_MS, "the first piece at the app", () => exists(`${image.program}/arrived`));
  await talk(upload, "b".repeat(2048), /read$/);
}, ["ordinary process"]);

for (
  const [format, pattern] of [
    [
      "combined",
      /^127\.0\.0\.1 - - \[.*\] "GET \/x HTTP\/1\.0" 200 0 "-" "-" \d+\.\d+ \S+ \w{32}$/,
    ],
    ["json", /^\{"time":.*"uri":"\/x","status":200,.*"requestSeconds":\d+\.\d+,.*\}$/],
  ] as const
) {
  forEachLaunch(`built-in conf: --access-log ${format}, without probes`, async (harness) => {
    const { image, ...launcher } = await startAndAsk(harness, "--access-log", format);
    const line = await launcher.line(/ \/x|"\/x"/);
    assert.match(line, pattern);
    if (format === "json") assert.equal(JSON.parse(line).method, "GET");
    assert.deepEqual(launcher.lines().filter((line) => line.includes("/ping")), []);
    assert.ok(image.port);
  }, ["ordinary process"]);
}

forEachLaunch("built-in conf: --log-probes logs them too", async (harness) => {
  const { line } = await startAndAsk(harness, "--log-probes");
  await line(/GET \/ping HTTP\/1\.[01]" 200/);
}, ["ordinary process"]);

forEachLaunch("built-in conf: --access-log off", async (harness) => {
  const { line, lines } = await startAndAsk(harness, "--access-log", "off");
  // The app's own line would come later than nginx's.
  await line(/ready in/);
  assert.deepEqual(lines().filter((line) => line.includes('"GET /')), []);
}, ["ordinary process"]);

async function startAndAsk(harness: Harness, ...args: string[]) {
  const launcher = await startEcho(harness, ...args);
  assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
  assert.equal((await ask(launcher.image.port, "/x")).status, 200);
  return {
    image: launcher.image,
    line: (pattern: RegExp) => launcher.line(pattern),
    lines: () => launcher.lines,
  };
}

forEachLaunch(
  "built-in conf: during the drain delay only the ready path fails",
  async (harness) => {
    const launcher = await startEcho(harness, "--drain-delay", "20", "--grace-period", "40");
    const { image: { port, state } } = launcher;
    launcher.signal("SIGTERM");
    await until(WAIT_MS, "503", async () => (await ask(port, "/ping")).status === 503);
    assert.equal((await ask(port, "/x")).status, 200);
    const health = await runTool(harness, ["health", "--state-dir", state]);
    assert.equal(health.code, 1);
    assert.match(health.stdout, /unhealthy: .*\/ping answers 503 .*\(tandem is draining\)/);
    // Two equal ones within 100 ms would count as one.
    launcher.signal("SIGINT");
    assert.equal((await launcher.exit(WAIT_MS)).code, 0);
  },
  ["ordinary process"],
);

forEachLaunch(
  "health is 1 during the drain delay with a conf of the user's too",
  async (harness) => {
    const launcher = await harness.start({
      args: ["--drain-delay", "20", "--grace-period", "40"],
    });
    await launcher.ready();
    const { image: { port, state } } = launcher;
    launcher.signal("SIGTERM");
    await launcher.line(/SIGTERM/);
    const health = await runTool(harness, ["health", "--state-dir", state]);
    assert.equal(health.code, 1);
    assert.match(health.stdout, /unhealthy: .*\/ping answers 200 .*\(tandem is draining\)/);
    assert.equal((await ask(port, "/ping")).status, 200);
    // Two equal ones within 100 ms would count as one.
    launcher.signal("SIGINT");
    assert.equal((await launcher.exit(WAIT_MS)).code, 0);
  },
  ["ordinary process"],
);

async function runTool({ edition }: Harness, args: string[]) {
  const { code, stdout } = await new Deno.Command(edition.path, { args }).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}
