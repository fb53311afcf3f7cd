import assert from "node:assert/strict";
import { type Log, openLog } from "../../lib/log.ts";
import { type LogFormat, type LogLevel, logLevels } from "../../lib/plan/settings.ts";

/** What is written when this is logged. */
function written(level: LogLevel, format: LogFormat, write: (log: Log) => void): string[] {
  const lines: string[] = [];
  write(openLog(level, format, (line) => void lines.push(line)));
  return lines;
}

Deno.test("log: a line for people names tandem, and the level where it is not the usual one", () => {
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

Deno.test("log: a line for machines is one object with time, level, event, message and fields", () => {
  const [line = ""] = written("info", "json", (log) => {
    log.warning("not-ready", 'says "no"\nand more', { status: 503, of: { a: [1] } });
  });

  assert.equal(line.indexOf("\n"), line.length - 1, "one line");
  const { time, ...rest } = JSON.parse(line);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(rest, {
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
  Deno.test(`log: ${JSON.stringify(message)} is written as it is`, () => {
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
  Deno.test(`log: at ${level} only what is as grave or graver is written`, () => {
    const lines = written(level, "json", (log) => {
      for (const name of logLevels) log[name](name, name);
    });
    assert.deepEqual(lines.map((line) => JSON.parse(line).level), logLevels.slice(index));
  });
}

Deno.test("log: the one that was opened last is the one that writes", () => {
  const first: string[] = [];
  openLog("info", "text", (line) => void first.push(line));
  const second = written("error", "text", (log) => {
    log.info("x", "x");
    log.error("y", "y");
  });
  assert.deepEqual([first, second], [[], ["tandem: error: y\n"]]);
});
