/** tandem at a terminal: Ctrl-C with requests in flight, the progress line, and a dumb terminal. */

import assert from "node:assert/strict";
import { commandNames } from "../../../lib/cli/command_table.ts";
import { until } from "../../support/waiting.ts";
import { editions } from "../../support/editions.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { exists, Image } from "../../support/image.ts";
import { titled } from "../../support/machine/needs.ts";
import { isTaken } from "../../support/machine/ports.ts";
import { Tmux } from "../../support/terminal/tmux.ts";

const REQUESTS = 8;
const DEMO = 0;

/** tandem's lines in the window of `demo` after the run, with N for every number. */
const OWN_LINES = [
  "tandem: demo: once ready, try: curl -i http://N/ping",
  "tandem: demo: or: curl -d hello http://N/invocations, or: curl http://N/slow and then Ctrl-C",
  "tandem: demo: in another shell: tandem status --watch --state-dir STATE",
  "tandem: ready in N ms (gunicorn started N ms, socket made N ms, app answered N ms, nginx started N ms)",
  "tandem: stopping: SIGINT",
  "tandem: stopped: SIGINT; started in N ms (gunicorn started N ms, socket made N ms, app answered N ms, " +
  "nginx started N ms), served N ms, drained in N ms (nginx gone N ms, gunicorn gone N ms); exit N",
];
const NGINX_LINES = [
  ...Array.from(
    { length: REQUESTS },
    () => 'nginx    | N - - [TIME] "GET /slow HTTP/N" N N "-" "-" N N ID',
  ),
];
const GUNICORN_LINES = [
  "gunicorn | [TIME] [N] [INFO] Starting gunicorn N",
  "gunicorn | [TIME] [N] [INFO] Listening at: unix:SOCKET (N)",
  "gunicorn | [TIME] [N] [INFO] Using worker: gevent",
  "gunicorn | [TIME] [N] [INFO] Booting worker with pid: N",
  "gunicorn | [TIME] [N] [INFO] Handling signal: term",
  "gunicorn | [TIME] [N] [INFO] Worker exiting (pid: N)",
  "gunicorn | [TIME] [N] [INFO] Shutting down: Master",
];

for (const { name, path } of editions) {
  test(`a session at a terminal loses no request at Ctrl-C (${name})`, ["tmux"], async () => {
    using image = new Image();
    const { port, folder, state, temp } = image;
    await using tmux = await Tmux.open({
      folder,
      env: { TMPDIR: temp },
      columns: 100,
      rows: 30,
    });

    await tmux.type(
      DEMO,
      `${path} demo --port ${port} --workers 1 --state-dir ${state}; echo "exit status $?"`,
    );
    await tmux.line(DEMO, /^tandem: ready in \d+ ms/);

    const second = await tmux.newWindow();
    await tmux.type(second, `${path} status --state-dir ${state}`);
    await tmux.line(second, /^serving, ready: tandem \S+, pid \d+, up /);
    await tmux.line(second, /^ {4}gunicorn worker +\d+ +(sleeping|running) /);

    const answers = Array.from({ length: REQUESTS }, () => ask(port, "/slow"));
    await tmux.type(second, `${path} status --watch --state-dir ${state}`);
    await tmux.line(second, new RegExp(`^ {2}connections +${REQUESTS} to nginx$`));

    await tmux.press(DEMO, "C-c");
    const live = await tmux.line(DEMO, /^tandem: draining: /);
    assert.match(live, new RegExp(`: nginx has ${REQUESTS} connections, \\d s of 25 s$`));
    await tmux.line(second, /^draining, not ready: /);
    for (const answer of answers) assert.equal((await answer).status, 200);

    await tmux.line(DEMO, /^exit status 0$/);
    await tmux.line(second, /^tandem: not running: /);
    await tmux.press(second, "C-c");
    await until(20_000, "the shell's prompt", async () => {
      return (await tmux.screen(second)).filter(Boolean).at(-1)?.endsWith("typed>");
    });

    const lines = (await tmux.screen(DEMO)).map((line) => withoutFigures(line, image));
    assert.deepEqual(linesOf(lines, "tandem"), OWN_LINES);
    assert.deepEqual(linesOf(lines, "nginx"), NGINX_LINES);
    assert.deepEqual(withoutWarnings(linesOf(lines, "gunicorn")), GUNICORN_LINES);
    const others = lines.filter((line) => line && !/^(tandem|nginx|gunicorn)\b/.test(line));
    assert.match(others[0]!, /^typed> .* demo /);
    assert.deepEqual(others.slice(1), ["exit status N", "typed>"]);

    assert.equal(
      exists(state) && [...Deno.readDirSync(state)].length > 0,
      false,
      "no state is left",
    );
    assert.equal(await isTaken(port), false, "the port is free");
  });

  test(
    `a long start has a line at the terminal that goes when it is over (${name})`,
    ["tmux"],
    async () => {
      using image = new Image({ app: "slow_import.py" });
      await using tmux = await Tmux.open({
        folder: image.folder,
        env: { TMPDIR: image.temp, IMPORT_SECONDS: "4" },
        columns: 70,
        rows: 30,
      });
      const flags = [...image.flags, "--chdir", image.program, "--start-timeout", "60"];
      await tmux.type(DEMO, `${path} serve ${flags.join(" ")}; echo "exit status $?"`);

      const waiting = /^tandem: starting: waiting for the app's first answer, (\d+) s of 60 s$/;
      const first = await tmux.line(DEMO, waiting);
      await until(20_000, "the next second in its place", async () => {
        const shown = (await tmux.screen(DEMO)).filter((line) => waiting.test(line));
        assert.ok(shown.length <= 1, `one line at a time: ${shown.join(" and ")}`);
        return shown.length === 1 && shown[0] !== first;
      });
      await tmux.line(DEMO, /^tandem: ready in \d+ ms/);
      assert.ok(!(await tmux.screen(DEMO)).some((line) => line.includes("starting:")));

      await tmux.press(DEMO, "C-c");
      await tmux.line(DEMO, /^exit status 0$/);
    },
  );

  test(`--help at 80 by 24 wraps no line (${name})`, ["tmux"], async () => {
    using image = new Image();
    await using tmux = await Tmux.open({ folder: image.folder, env: {}, columns: 80, rows: 24 });
    await tmux.type(DEMO, `${path} --help | head -n 22; echo "exit status $?"`);
    await tmux.line(DEMO, /^exit status 0$/);
    // tmux joins the rows of a wrapped line.
    const lines = await tmux.screen(DEMO);
    const top = lines.indexOf("tandem runs nginx and gunicorn as one.");
    const screen = lines.slice(top, top + 22);
    assert.equal(lines[top + 22], "exit status 0");
    for (const command of commandNames) {
      assert.ok(screen.some((line) => line.startsWith(`  ${command} `)), screen.join("\n"));
    }
    assert.match(screen[21]!, /^Common settings /);
    for (const line of screen) assert.ok(line.length <= 80, line);
  });

  test(`check wraps and status cuts at the terminal's edge (${name})`, ["tmux"], async () => {
    using image = new Image();
    await using tmux = await Tmux.open({
      folder: image.folder,
      env: { TMPDIR: image.temp, MODEL_SERVER_WORKERS: "1" },
      columns: 72,
      rows: 14,
    });
    const flags = [...image.flags, "--chdir", image.program].join(" ");
    await tmux.type(DEMO, `${path} check ${flags}; echo "exit status $?"`);
    await tmux.line(DEMO, /^exit status 0$/, 60_000);
    const checked = await tmux.screen(DEMO);
    const report = checked.slice(
      checked.findIndex((line) => line.startsWith("ok ")),
      checked.indexOf("exit status 0"),
    );
    // tmux joins the rows of a line that the terminal wraps; a path is not broken.
    for (const line of report) assert.ok(line.length <= 72 || line.includes(image.folder), line);
    assert.ok(report.some((line) => /^ {10,}\S/.test(line)), report.join("\n"));
    assert.ok(report.some((line) => /^gunicorn .* \\$/.test(line)), report.join("\n"));

    await tmux.type(DEMO, `${path} serve ${flags}; echo "stopped $?"`);
    await tmux.line(DEMO, /^tandem: ready in \d+ ms/, 60_000);
    const second = await tmux.newWindow();
    await tmux.type(second, `${path} status --watch --state-dir ${image.state}`);
    await tmux.line(second, /^… \d+ more lines$/);
    const shown = await tmux.screen(second);
    const status = shown.slice(shown.findLastIndex((line) => line.startsWith("serving, ready")));
    for (const line of status) assert.ok(line.length <= 72, line);
    await tmux.press(second, "C-c");
    await tmux.type(second, `${path} status --state-dir ${image.state}`);
    await tmux.line(second, /^ .{70}…$/);
    await tmux.press(DEMO, "C-c");
    await tmux.line(DEMO, /^stopped 0$/, 60_000);
  });

  test(`a dumb terminal gets no escapes (${name})`, ["tmux", "script"], async () => {
    using image = new Image({ app: "slow_import.py" });
    await using tmux = await Tmux.open({
      folder: image.folder,
      env: { TMPDIR: image.temp, IMPORT_SECONDS: "2" },
      columns: 100,
      rows: 30,
    });
    const flags = [...image.flags, "--chdir", image.program];
    const log = `${image.folder}/typescript`;
    // script(1) records everything that the terminal got, escapes included.
    const command = `exec env TERM=dumb ${path} serve ${flags.join(" ")}`;
    await tmux.type(DEMO, `script -qec '${command}' ${log}; echo "exit status $?"`);
    await tmux.line(DEMO, /^tandem: ready in \d+ ms/);
    await tmux.press(DEMO, "C-c");
    await tmux.line(DEMO, /^exit status 0$/);

    // deno-lint-ignore no-control-regex -- the test searches for it
    assert.doesNotMatch(Deno.readTextFileSync(log), /\x1b/);
  });
}

function test(title: string, tools: string[], fn: () => Promise<void>): void {
  Deno.test({ ...titled(title, { tools }), fn });
}

function withoutFigures(line: string, { state }: Image): string {
  return line
    .replace(/^\^C/, "")
    .replaceAll(state, "STATE")
    .replace(/unix:\S+/, "unix:SOCKET")
    .replace(/\[\d{2,4}[-/][^\]]*\]/, "[TIME]")
    .replace(/\b[0-9a-f]{32}$/, "ID")
    .replace(/\d+([.:]\d+)*/g, "N");
}

function linesOf(lines: string[], name: string): string[] {
  return lines.filter((line) => line.startsWith(name));
}

/** Newer versions of gunicorn warn about a worker that a repeated SIGTERM has ended. */
function withoutWarnings(lines: string[]): string[] {
  return lines.filter((line) => !line.includes("[WARNING]") && !line.includes("[ERROR]"));
}
