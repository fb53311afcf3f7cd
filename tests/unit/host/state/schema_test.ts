import assert from "node:assert/strict";
import fc from "fast-check";
import { parseState } from "../../../../lib/host/state/schema.ts";
import { sampleState } from "../../status/sample.ts";

const written = (different: Record<string, unknown> = {}) =>
  JSON.stringify({ ...sampleState(), ...different });

Deno.test("state: a written state is read back", () => {
  assert.deepEqual(parseState(written()), JSON.parse(written()));

  const full = {
    drainStep: "nginx",
    stopCause: "SIGTERM",
    nginx: undefined,
    listens: [{ transport: "unix", path: "/run/nginx.sock" }],
    reloads: { done: 0, refused: 0, last: { at: 7, complaint: "no" } },
  };
  assert.deepEqual(parseState(written(full)), JSON.parse(written(full)));
});

const broken: [json: string, complaint: string][] = [
  ["", "it is not JSON"],
  ['{"pid": 1', "it is not JSON"],
  ["[]", "pid is missing"],
  ["null", "the file: expected Object, found null"],
  ["{}", "pid is missing"],
  [written({ pid: 0 }), "pid: expected >=1, found 0"],
  [written({ pid: -7 }), "pid: expected >=1, found -7"],
  [written({ pid: 1.5 }), "pid: expected integer, found 1.5"],
  [written({ startTicks: "5" }), 'startTicks: expected number, found "5"'],
  [
    written({ startTicks: 0 }).replace('"startTicks":0', '"startTicks":1e999'),
    "startTicks: expected finite, found Infinity",
  ],
  [written({ phase: undefined }), "phase is missing"],
  [written({ nginx: 120 }), "nginx: expected Object, found 120"],
  [written({ gunicorn: { pid: 0, startTicks: 1 } }), "gunicorn.pid: expected >=1, found 0"],
  [written({ ready: { address: 8080, path: "/" } }), "ready.address: expected Object, found 8080"],
  [written({ listens: {} }), "listens: expected Array, found Object"],
  [
    written({ listens: [{ transport: "udp" }] }),
    'listens.0.transport: expected ("unix" | "tcp"), found "udp"',
  ],
  [written({ limits: {} }), "limits.startTimeout is missing"],
  [written({ timeline: { "a\nb": "x" } }), 'timeline.a b: expected number, found "x"'],
  [written({ reloads: { done: 1 } }), "reloads.refused is missing"],
  [written({ events: [1] }), "events.0: expected Object, found 1"],
];

for (const [json, complaint] of broken) {
  Deno.test(`state: ${complaint}, in ${json.length} characters`, () => {
    assert.throws(() => parseState(json), { name: "Error", message: complaint });
  });
}

Deno.test("state: any JSON is read, or refused in one line", () => {
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

Deno.test("state: escape sequences are removed", () => {
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
