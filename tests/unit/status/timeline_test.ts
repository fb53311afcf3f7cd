import assert from "node:assert/strict";
import { chartsOf } from "../../../lib/status/timeline_chart.ts";
import { timelineSvg } from "../../../lib/status/timeline_svg.ts";
import { timelineLines } from "../../../lib/status/timeline_text.ts";
import { sampleView } from "./sample.ts";

const draining = {
  phase: "draining",
  stopCause: "SIGTERM",
  timeline: { ...sampleView().state.timeline, "stop": 180_000, "nginxGone": 186_000 },
};

Deno.test("timeline: the start as bars", () => {
  assert.deepEqual(timelineLines(sampleView(), 80), [
    "start of pid 100: ready after 260 ms",
    "  tandem checks and links           |#####                             |   40 ms",
    "  gunicorn makes its socket         |     #####################        |  160 ms",
    "  the app's first answer            |                          #####   |   40 ms",
    "  nginx starts, ready path answers  |                               ###|   20 ms",
  ]);
});

Deno.test("timeline: the drain has its own scale, and an unfinished step is open", () => {
  assert.deepEqual(timelineLines(sampleView(draining), 80).slice(5), [
    "",
    "stop: SIGTERM",
    "  nginx finishes its requests  |#################                |         6.0 s",
    "  gunicorn exits               |                ################>|  6.0 s so far",
  ]);
});

Deno.test("timeline: every line is as wide as the terminal, and no wider", () => {
  for (const columns of [70, 80, 132, 300]) {
    const bars = timelineLines(sampleView(draining), columns).filter((line) => line.includes("|"));
    assert.deepEqual([...new Set(bars.map((line) => line.length))], [columns]);
  }
});

Deno.test("timeline: what a narrow terminal cuts off ends in an ellipsis", () => {
  const lines = timelineLines(sampleView(draining), 30);
  for (const line of lines) assert.ok(line.length <= 30, line);
  assert.equal(lines[0], "start of pid 100: ready after…");
});

Deno.test("timeline: an unfinished start", () => {
  const timeline = { "start": 0, "gunicornStarted": 40 };
  const [chart, ...others] = chartsOf(
    sampleView({ phase: "starting", timeline }, { uptimeMs: 10_000 }),
  );

  assert.deepEqual(others, []);
  assert.equal(chart!.title, "start of pid 100: not ready yet, after 10.0 s");
  assert.deepEqual(chart!.bars.map(({ label, from, to, isOpen }) => [label, from, to, isOpen]), [
    ["tandem checks and links", 0, 40, false],
    ["gunicorn makes its socket", 40, 10_000, true],
  ]);
});

Deno.test("timeline: nginx's check of its conf shows only if it delays the start", () => {
  const timeline = { ...sampleView().state.timeline, "nginxStarted": 900, "ready": 910 };
  const labels = chartsOf(sampleView({ timeline }))[0]!.bars.map(({ label }) => label);

  assert.deepEqual(labels.slice(-2), [
    "nginx checks its conf",
    "nginx starts, ready path answers",
  ]);
});

Deno.test("timeline: a stop before readiness draws the steps so far", () => {
  const timeline = { "start": 0, "gunicornStarted": 40, "stop": 500, "gunicornGone": 700 };
  const charts = chartsOf(sampleView({ phase: "draining", timeline }, { uptimeMs: 800 }));

  assert.equal(charts[0]!.title, "start of pid 100: stopped before it was ready, after 500 ms");
  assert.deepEqual(charts[1]!.bars.map(({ label, from, to }) => [label, from, to]), [
    ["gunicorn exits", 500, 700],
  ]);
});

Deno.test("timeline: the picture has each bar within its frame", () => {
  const svg = timelineSvg(sampleView(draining));
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!;

  const bars = [...svg.matchAll(/<rect class="(?:tandem|gunicorn|nginx)[^>]*>/g)];
  assert.equal(bars.length, 6);
  for (const [bar] of bars) {
    const at = (name: string) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(bar)![1]);
    assert.ok(at("x") >= 0 && at("x") + at("width") <= Number(width), bar);
    assert.ok(at("y") >= 0 && at("y") + at("height") <= Number(height), bar);
  }
  assert.ok(svg.includes("prefers-color-scheme: dark"));

  const keys = [
    ...svg.matchAll(/<rect class="key ([^"]+)"[^>]* y="(\d+)"[^>]*>\n<text[^>]*>([^<]+)</g),
  ];
  assert.deepEqual(keys.map(([, colour, , name]) => [colour, name]), [
    ["tandem", "tandem"],
    ["gunicorn", "gunicorn"],
    ["nginx", "nginx"],
    ["tandem open", "not ended yet"],
  ]);
  for (const [, , y] of keys) assert.ok(Number(y) + 14 <= Number(height), "within the frame");
  assert.ok(!/(?:href|src|url\()/.test(svg), "no external resources");
});

Deno.test("timeline: the picture is well-formed for any stop cause", () => {
  const stopCause = `<b>&amp; "x" 'y' \x00\x1b]]> \ud800 nginx exited by itself`;
  const svg = timelineSvg(sampleView({ ...draining, stopCause }));

  assertWellFormed(svg);
  assert.ok(svg.includes("&lt;b&gt;&amp;amp; &quot;x&quot; &apos;y&apos; ]]&gt;  nginx"));
});

/** Tags are balanced, entities are those of XML, and no bracket is unescaped. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>/g,
    (_, closes: string, name: string, _attributes: string, empty: string) => {
      if (closes) assert.equal(open.pop(), name);
      else if (!empty) open.push(name);
      return "";
    },
  );
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(xml, /&(?!(?:amp|lt|gt|quot|apos);)/);
  // deno-lint-ignore no-control-regex -- XML has no place for them
  assert.doesNotMatch(xml, /[\x00-\x08\x0b-\x1f]/);
}
