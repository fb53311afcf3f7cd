/** Which lines of a run alarm an operator. */

import { deepStrictEqual } from "node:assert";
import { unexpectedLines } from "../../matrix/lines.ts";

const refused = (file: string) =>
  `--- Logging error ---
Traceback (most recent call last):
  File "/usr/lib/python3.9/logging/__init__.py", line 1082, in emit
    stream.write(msg + self.terminator)
RuntimeError: reentrant call inside <_io.BufferedWriter name='<stderr>'>

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/usr/lib/python3.9/logging/__init__.py", line 1000, in handleError
    sys.stderr.write('--- Logging error ---\\n')
RuntimeError: reentrant call inside <_io.BufferedWriter name='<stderr>'>
Call stack:
  File "${file}", line 530, in reap_workers
    self.log.warning(
Message: 'Worker with pid %s was terminated due to signal %s'
Arguments: (20512, 15)
`;

Deno.test("lines: a write that Python refuses to a handler is no alarm, but all around it is", () => {
  const text = `a warning before\n${refused("arbiter.py")}${refused("x.py")}an error after`;
  deepStrictEqual(unexpectedLines(text.split("\n")), ["a warning before", "an error after"]);
});

Deno.test("lines: another error while logging is an alarm", () => {
  const other = refused("arbiter.py").replaceAll("reentrant call inside", "bad write to");
  const lines = unexpectedLines(other.split("\n"));
  deepStrictEqual(lines.slice(0, 2), [
    "--- Logging error ---",
    "Traceback (most recent call last):",
  ]);
});
