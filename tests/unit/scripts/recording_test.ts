import assert from "node:assert/strict";
import { recordingSvg } from "../../../scripts/recording/recording_svg.ts";
import { linesOf } from "../../../scripts/recording/terminal_lines.ts";
import { repository } from "../../support/paths.ts";
import { assertWellFormed } from "../../support/well_formed.ts";

const recording = Deno.readTextFileSync(`${repository}/docs/recording.svg`);

Deno.test("recording: the README's picture is well-formed, small, and needs nothing else", () => {
  assertWellFormed(recording);
  assert.ok(recording.length < 60_000, `${recording.length} bytes`);
  assert.ok(recording.includes("prefers-color-scheme: dark"));
  assert.ok(recording.includes("prefers-reduced-motion"));
  assert.doesNotMatch(recording, /(?:href|src|url\(|@import)/);
});

Deno.test("recording: it shows a start, a request that outlives Ctrl-C, and the end", () => {
  const lines = textOf(recording);
  const at = (pattern: RegExp) => {
    const line = lines.find(({ text }) => pattern.test(text));
    return line?.seconds ?? assert.fail(`no line like ${pattern}`);
  };
  const started = at(/^\$ tandem demo$/);
  const ready = at(/^tandem: ready in \d+ ms \(gunicorn started \d+ ms, .*nginx started \d+ ms\)$/);
  const asked = at(/^\$ curl .*\/slow$/);
  const stopping = at(/^\^Ctandem: stopping: SIGINT$/);
  const answered = at(/^answered after 3 s by worker \d+$/);
  const stopped = at(/^tandem: stopped: SIGINT; .*; exit 0$/);
  const times = [started, ready, asked, stopping, answered, stopped];
  assert.deepEqual(times, [...times].sort((one, other) => one - other));
  assert.ok(answered - asked >= 3, `answered after ${answered - asked} s`);
});

/** The lines of the picture; those that were erased are not among them. */
function textOf(svg: string): { seconds: number; text: string }[] {
  return [...svg.matchAll(/<g class="line"[^>]*>\n([^]*?)<\/g>/g)].map(([, group]) => {
    const [time = "", ...rows] = [...group!.matchAll(/<text[^>]*>(.*)<\/text>/g)]
      .map(([, row]) => row!.replace(/<\/?tspan[^>]*>/g, ""));
    const text = rows.map((row, index) => index === 0 ? row : row.slice(2)).join("");
    return { seconds: Number.parseFloat(time), text };
  });
}

Deno.test("recording: a line has its colours and the time of its first output", () => {
  const lines = linesOf([
    { at: 1, text: "\x1b[36mgunicorn |\x1b[0m one" },
    { at: 2, text: " more\r\n^C" },
  ]);
  assert.deepEqual(lines, [{
    at: 1,
    spans: [{ text: "gunicorn |", colour: 36 }, { text: " one" }, { text: " more" }],
  }]);
});

Deno.test("recording: an erased line ends with what replaced it, and an empty one leaves nothing", () => {
  const lines = linesOf([
    { at: 1, text: "\r\x1b[Kwaiting, 1 s" },
    { at: 2, text: "\r\x1b[Kwaiting, 2 s" },
    { at: 3, text: "\r\x1b[Kdone\r\n" },
  ]);
  assert.deepEqual(lines.map(({ at, until, spans }) => [at, until, spans[0]!.text]), [
    [1, 2, "waiting, 1 s"],
    [2, 3, "waiting, 2 s"],
    [3, undefined, "done"],
  ]);
});

Deno.test("recording: an unknown sequence of the terminal is an error", () => {
  assert.throws(() => linesOf([{ at: 0, text: "\x1b[2J" }]), /is not known here/);
});

Deno.test("recording: every character of a line is drawn, whatever its length", () => {
  for (
    const text of [`${"word ".repeat(60)}end`, "x".repeat(500), `<&"'> ${"y".repeat(104)}`, "a"]
  ) {
    const svg = recordingSvg([{ title: "t", lines: [{ at: 0, spans: [{ text }] }] }]);
    assertWellFormed(svg);
    const [line] = textOf(svg);
    const unescaped = line!.text.replaceAll("&lt;", "<").replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&amp;", "&");
    assert.equal(unescaped, text);
  }
});
