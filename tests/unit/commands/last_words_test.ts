import assert from "node:assert/strict";
import { LastWords } from "../../../lib/commands/serve/last_words.ts";
import { openLog } from "../../../lib/log.ts";

Deno.test("last words: the summary, then the errors, at every log level, without repeating the cause", () => {
  const written: string[] = [];
  const words = new LastWords();
  const log = words.recordingLog(openLog("error", "text", (line) => written.push(line)));
  assert.deepEqual(words.lines, []);

  log.info("ready", "ready in 1 ms");
  log.warning("preflight", "a warning");
  log.error("internal-error", "a trace");
  log.error("stopping", "stopping: nginx exited");
  log.info("stopped", "stopped: nginx exited; exit 1");

  assert.deepEqual(words.lines, ["stopped: nginx exited; exit 1", "a trace"]);
  assert.deepEqual(written.map((line) => line.trimEnd()), [
    "tandem: error: a trace",
    "tandem: error: stopping: nginx exited",
  ]);
});

Deno.test("last words: of many errors the first ones are kept", () => {
  const words = new LastWords();
  const log = words.recordingLog(openLog("error", "text", () => {}));
  for (let index = 0; index < 50; index++) log.error("refused", `error ${index}`);
  assert.deepEqual(words.lines.length, 20);
  assert.equal(words.lines[0], "error 0");
});
