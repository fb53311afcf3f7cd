import assert from "node:assert/strict";
import { type Log, openLog } from "../../lib/log.ts";
import { type LogFormat, type LogLevel, logLevels } from "../../lib/plan/settings.ts";

/** The lines that the log writes. */
function written(level: LogLevel, format: LogFormat, write: (log: Log) => void): string[] {
  const lines: string[] = [];
  const log = openLog(level, format, (line) => void lines.push(line));
  write(log);
  return lines;
}

Deno.test("log: a text line begins with tandem, and with the level unless it is info", () => {
  assert.deepEqual(
    written("debug", "text", (log) => {
      log.debug("started", "gunicorn started");
      log.info("ready", "ready in 256 ms", { marks: { ready: 256 } });
      log.warning("not-ready", "GET /ping answers 503");
      log.error("stopping", "stopping: nginx ended by itself");
    }),
    [
      "tandem: debug: gunicorn started\n",
      "tandem: ready in 256 ms\n",
      "tandem: warning: GET /ping answers 503\n",
      "tandem: error: stopping: nginx ended by itself\n",
    ],
  );
});

Deno.test("log: a JSON line is one object with time, level, event, message and fields", () => {
  const [line = ""] = written("info", "json", (log) => {
    log.warning("not-ready", 'says "no"\nand more', { status: 503, of: { a: [1] } });
  });

  assert.equal(line.indexOf("\n"), line.length - 1, "one line");
  const { time, ...rest } = JSON.parse(line);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(rest, {
    source: "tandem",
    level: "warning",
    event: "not-ready",
    message: 'says "no"\nand more',
    status: 503,
    of: { a: [1] },
  });
});

const awkward = [
  "{placeholder} {message} {{double}} {0} {*}",
  "{",
  "}{",
  "{}",
  "100 % of $& and `ticks` \\n",
  "",
  "äöü 💥",
];

for (const message of awkward) {
  Deno.test(`log: ${JSON.stringify(message)} is written unchanged`, () => {
    const fields = { placeholder: "wrong", double: "wrong", 0: "wrong" };
    assert.deepEqual(
      written("info", "text", (log) => log.info("event", message, fields)),
      [`tandem: ${message}\n`],
    );
    const [line = ""] = written("info", "json", (log) => log.info("event", message, fields));
    assert.equal(JSON.parse(line).message, message);
  });
}

for (const [index, level] of logLevels.entries()) {
  Deno.test(`log: level ${level} writes that level and higher ones`, () => {
    const lines = written(level, "json", (log) => {
      for (const name of logLevels) log[name](name, name);
    });
    assert.deepEqual(lines.map((line) => JSON.parse(line).level), logLevels.slice(index));
  });
}

Deno.test("log: control characters of a quoted message do not reach a terminal", () => {
  const lines = written(
    "info",
    "text",
    (log) => log.error("conf", "in \x1b[2Jfoo\x07\x9b:\tx"),
  );
  assert.deepEqual(lines, ["tandem: error: in \\x1b[2Jfoo\\x07\\x9b:\tx\n"]);
});
