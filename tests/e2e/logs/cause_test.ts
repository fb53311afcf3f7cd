/** JSON log lines name their source and the cause of the run's end, and a traceback is one record. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import type { ImageOptions } from "../../support/image.ts";
import { type Launcher, type LaunchOptions } from "../../support/launcher.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";

const JSON_LINES = ["--logs", "json", "--log-format", "json"];

interface Case {
  name: string;
  options?: ImageOptions & LaunchOptions;
  /** What ends a run that gets ready. */
  end?: (launcher: Launcher) => void;
  expected: Record<string, unknown>;
}

const BROKEN_IMPORT = "import no_such_module\n";

const cases: Case[] = [
  {
    name: "a stop",
    end: (launcher) => launcher.signal("SIGTERM"),
    expected: { cause: "stop-requested", signal: "SIGTERM", status: 0 },
  },
  {
    name: "an app that cannot be imported",
    options: { app: BROKEN_IMPORT },
    expected: { cause: "app-failed-to-load", child: "gunicorn", childStatus: 3, status: 3 },
  },
  {
    name: "an app that cannot be imported with --preload",
    options: { app: BROKEN_IMPORT, args: ["--", "--preload"] },
    expected: { cause: "app-failed-to-load", child: "gunicorn", childStatus: 1, status: 1 },
  },
  {
    name: "a module without the app",
    options: { app: "other = 1\n" },
    expected: { cause: "app-failed-to-load", child: "gunicorn", childStatus: 4, status: 4 },
  },
  {
    name: "a master that is killed",
    end: (launcher) => killByPid(launcher.master("nginx"), "SIGKILL"),
    expected: { cause: "child-exited", child: "nginx", childSignal: "SIGKILL", status: 137 },
  },
  {
    name: "an app that is never ready",
    options: {
      app: "import time\ntime.sleep(600)\n",
      args: ["--start-timeout", "1", "--grace-period", "2"],
    },
    expected: { cause: "not-ready", status: 75 },
  },
];

for (const { name, options, end, expected } of cases) {
  forEachLaunch(`the last line tells the cause: ${name}`, async (harness) => {
    const { args = [], ...others } = options ?? {};
    const launcher = await harness.start({ ...others, args: [...JSON_LINES, ...args] });
    if (end) {
      await launcher.ready();
      end(launcher);
    }
    assert.equal((await launcher.exit(30_000)).code, expected.status);
    const records = launcher.stderr.lines.map((line) => JSON.parse(line));
    const own = records.filter(({ event }) => event !== undefined);
    assert.ok(own.every(({ source }) => source === "tandem"));
    const last = own.at(-1)!;
    assert.equal(last.event, "stopped");
    const { time: _time, source: _source, level: _level, message: _message, ...facts } = last;
    const { event: _event, marks: _marks, ...about } = facts;
    assert.deepEqual(about, expected);
    const ofChildren = records.filter(({ event }) => event === undefined);
    assert.ok(ofChildren.every(({ source }) => ["nginx", "gunicorn"].includes(source)));
  }, ["ordinary process"]);
}

const RAISING = `
import sys
def app(environ, start_response):
    if environ["PATH_INFO"] == "/invocations":
        print("before", file=sys.stderr)
        try:
            try:
                raise KeyError("first")
            except KeyError:
                raise ValueError("second")
        except ValueError:
            import traceback
            traceback.print_exc()
        print("after", file=sys.stderr, flush=True)
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
`;

forEachLaunch("a traceback is one record, in its place among the lines", async (harness) => {
  const launcher = await harness.start({ app: RAISING, args: JSON_LINES });
  await launcher.ready();
  await ask(launcher.image.port, "/invocations");
  await launcher.line(/"message":"after"/);
  const messages = launcher.stderr.lines.map((line) => JSON.parse(line))
    .filter(({ source, message }) => source === "gunicorn" && !message.startsWith("["))
    .map(({ message }) => message);
  assert.equal(messages.length, 3, messages.join("\n---\n"));
  assert.deepEqual([messages[0], messages[2]], ["before", "after"]);
  assert.match(messages[1]!, /^Traceback [^]*KeyError: 'first'\n\nDuring [^]*ValueError: second$/);
}, ["ordinary process"]);
