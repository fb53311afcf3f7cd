/** State and pid files, locks and reload requests: what is written is read back, and no bytes can do harm. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { openStateFile, pidFilePath, stateFilePath } from "../../../../lib/host/state/file.ts";
import { inspectStateFolder } from "../../../../lib/host/state/folder.ts";
import { lockHolder, stateLockPath } from "../../../../lib/host/state/instance_lock.ts";
import { readBootId } from "../../../../lib/host/state/identity.ts";
import { findInstance } from "../../../../lib/host/state/instance.ts";
import { requestImport, takeImportRequest } from "../../../../lib/host/state/reload_request.ts";
import { parseState } from "../../../../lib/host/state/schema.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { sampleState } from "../../status/sample.ts";
import { property } from "../../support/cases.ts";
import { inFolder } from "../../support/in_folder.ts";
import { noise } from "../../support/noise.ts";

/** The schema drops them, and no mark of a timeline has such a name. */
const PROTOTYPE_KEYS = ["__proto__", "prototype", "constructor"];

libc(); // Opened here, because a test that opens it would count as leaking a library.

const text = fc.string({ unit: "grapheme", maxLength: 20 })
  .filter((text) => !/\p{Cc}/u.test(text));
const number = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const identity = fc.record({ pid: fc.integer({ min: 1 }), startTicks: fc.nat() });
const address = fc.oneof(
  fc.record({ transport: fc.constant("unix" as const), path: text }),
  fc.record({ transport: fc.constant("tcp" as const), hostname: text, port: fc.nat(65_535) }),
);
const states = fc.record({
  pid: fc.integer({ min: 1 }),
  startTicks: fc.nat(),
  version: text,
  phase: text,
  startedAt: text,
  socket: text,
  listens: fc.array(address, { maxLength: 4 }),
  limits: fc.record({ startTimeout: number, drainDelay: number, grace: number }),
  timeline: fc.dictionary(text.filter((key) => !PROTOTYPE_KEYS.includes(key)), number, {
    maxKeys: 5,
  }),
  reloads: fc.record(
    { done: fc.nat(), refused: fc.nat(), last: fc.record({ at: number, complaint: text }) },
    { requiredKeys: ["done", "refused"] },
  ),
  events: fc.array(fc.record({ at: number, level: text, event: text, message: text }), {
    maxLength: 4,
  }),
  nginx: identity,
  gunicorn: identity,
  ready: fc.record({ address, path: text, throughNginx: fc.boolean() }),
  lastAnswer: fc.nat(599),
  drainStep: text,
  cause: text,
  stopCause: text,
}, {
  requiredKeys: [
    ...[
      "pid",
      "startTicks",
      "version",
      "phase",
      "startedAt",
      "socket",
      "listens",
      "limits",
    ] as const,
    ...["timeline", "reloads", "events"] as const,
  ],
});

property("state properties: a state is read as it was written", [states], (state) => {
  const json = JSON.stringify(state);
  assert.deepEqual(parseState(json), JSON.parse(json));
});

/** Bytes that begin like a state file, so that more than the first character is looked at. */
const damaged = fc.tuple(fc.nat(900), fc.nat(900), noise).map(([from, length, text]) => {
  const whole = JSON.stringify(sampleState());
  return whole.slice(0, from) + text + whole.slice(from + length);
});
const anything = fc.oneof(
  noise,
  damaged,
  fc.json(),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.dictionary(fc.constantFrom(...Object.keys(sampleState()), "__proto__"), fc.jsonValue())
    .map((fields) => JSON.stringify({ ...sampleState(), ...fields })),
);

property(
  "state properties: any text is a state without control characters, or refused in one line",
  [
    anything,
  ],
  (text) => {
    let state;
    try {
      state = parseState(text);
    } catch (error) {
      assert.equal((error as Error).name, "Error", `${(error as Error).stack}`);
      assert.match((error as Error).message, /^[^\p{Cc}]{1,200}$/u);
      return;
    }
    assert.ok(state.pid >= 1 && Number.isInteger(state.pid));
    assert.doesNotMatch(JSON.stringify(Object.values(state)), /\\u00[019]|[\x7f-\x9f]/);
  },
);

const bytes = fc.oneof(
  anything.map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 100 }),
  fc.constantFrom("12\n", "0", "\0\0\0", "").map((text) => new TextEncoder().encode(text)),
);

property("state properties: any files in a state folder are tandem's or not, and never a run", [
  bytes,
  bytes,
  bytes,
], (state, pid, lock) =>
  inFolder((folder) => {
    Deno.writeFileSync(stateFilePath(folder), state);
    Deno.writeFileSync(pidFilePath(folder), pid);
    Deno.writeFileSync(stateLockPath(folder), lock);
    assert.match(findInstance(folder).kind, /^(stale|unreadable)$/);
    assert.match(inspectStateFolder(folder).kind, /^(occupied|writable)$/);
    assert.equal(lockHolder(stateLockPath(folder)), undefined);
  }), { cost: 10 });

property(
  "state properties: a held folder's files are read back, with a reload request taken once",
  [
    states,
    bytes,
  ],
  (state, lock) =>
    inFolder(async (folder) => {
      // What a killed run left.
      Deno.writeFileSync(stateLockPath(folder), lock);
      const file = await openStateFile(folder);
      const { pid: _pid, startTicks: _startTicks, ...rest } = state;
      file.write(rest);
      const written = parseState(Deno.readTextFileSync(stateFilePath(folder)));
      assert.deepEqual({ ...written, pid: 1, startTicks: 1 }, {
        ...JSON.parse(JSON.stringify(rest)),
        bootId: readBootId(),
        pid: 1,
        startTicks: 1,
      });
      assert.equal(written.pid, Deno.pid);
      requestImport(folder);
      assert.deepEqual([takeImportRequest(folder), takeImportRequest(folder)], [true, false]);
      file.remove();
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    }),
  { cost: 20 },
);
