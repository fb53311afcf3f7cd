import assert from "node:assert/strict";
import fc from "fast-check";
import { parseState } from "../../../../lib/host/state/schema.ts";
import { sampleState } from "../../status/sample.ts";

const written = (different: Record<string, unknown> = {}) =>
  JSON.stringify({ ...sampleState(), ...different });

Deno.test("state: what was written is read", () => {
  assert.deepEqual(parseState(written()), { ...sampleState(), reloads: withLast(undefined) });

  const full = {
    stopCause: "SIGTERM",
    nginx: undefined,
    listens: [{ transport: "unix", path: "/run/nginx.sock" }],
    reloads: withLast({ at: 7, complaint: "no" }),
  };
  assert.deepEqual(
    JSON.parse(JSON.stringify(parseState(written(full)))),
    JSON.parse(written(full)),
  );
});

function withLast(last: { at: number; complaint?: string } | undefined) {
  return { done: 0, refused: 0, last };
}

const broken: [text: string, complaint: string][] = [
  ["", "it is not JSON"],
  ['{"pid": 1', "it is not JSON"],
  ["[]", "it is not an object"],
  ["null", "it is not an object"],
  ["{}", "tandem's pid is not a number"],
  [written({ pid: 0 }), "tandem's pid is not one"],
  [written({ pid: -7 }), "tandem's pid is not one"],
  [written({ pid: 1.5 }), "tandem's pid is not one"],
  [written({ startTicks: "5" }), "tandem's startTicks is not a number"],
  [written({ phase: undefined }), "phase is not a text"],
  [written({ nginx: 120 }), "nginx is not an object"],
  [written({ gunicorn: { pid: 0, startTicks: 1 } }), "gunicorn's pid is not one"],
  [written({ ready: { address: 8080, path: "/" } }), "an address is not an object"],
  [written({ listens: {} }), "listens is not a list"],
  [written({ limits: {} }), "startTimeout is not a number"],
  [written({ timeline: { "a\nb": "x" } }), "a b is not a number"],
  [written({ reloads: { done: 1 } }), "reloads is not a number"],
  [written({ events: [1] }), "an event is not an object"],
];

for (const [text, complaint] of broken) {
  Deno.test(`state: ${complaint}, of ${text.length} characters`, () => {
    assert.throws(() => parseState(text), { name: "Error", message: complaint });
  });
}

Deno.test("state: whatever JSON it is, it is read or refused in one line", () => {
  const anything = fc.oneof(
    fc.json(),
    fc.dictionary(fc.constantFrom(...Object.keys(sampleState())), fc.jsonValue()).map((fields) =>
      written(fields as Record<string, unknown>)
    ),
  );
  fc.assert(fc.property(anything, (text) => {
    try {
      parseState(text);
    } catch (error) {
      assert.equal((error as Error).name, "Error");
      assert.match((error as Error).message, /^[^\n]{1,200}$/);
    }
  }));
});

Deno.test("state: a terminal's escapes do not come through", () => {
  const escape = "\x1b]0;mine\x07";
  const state = parseState(written({
    phase: escape,
    stopCause: `a\n${escape}`,
    timeline: { [escape]: 1 },
    events: [{ at: 1, level: escape, event: escape, message: escape }],
  }));

  assert.doesNotMatch(Object.values(state).map((value) => JSON.stringify(value)).join(), /\\u00/);
  assert.equal(state.stopCause, "a ]0;mine ");
});
