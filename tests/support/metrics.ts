/** Reads the text format of Prometheus, more strictly than Prometheus does. */

import assert from "node:assert/strict";

export interface Family {
  type: string;
  help: string;
  samples: { labels: Record<string, string>; value: number }[];
}

const NAME = "[a-z][a-z0-9_]*";
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.+)\\})? (-?[0-9][0-9.e+-]*)$`);
const LABEL = new RegExp(`(${NAME})="((?:[^"\\\\]|\\\\[\\\\"n])*)"(?:,(?=.)|$)`, "y");
const UNESCAPED: Record<string, string> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** @throws {AssertionError} for a line that is not as this format has it, a family that comes twice, or a last line without its end */
export function parseMetrics(text: string): Map<string, Family> {
  assert.ok(text.endsWith("\n"), "the last line ends");
  const [mark, ...lines] = text.slice(0, -1).split("\n");
  assert.match(mark!, /^# (?!HELP|TYPE)/, "the first line is a comment");
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current = "";
  for (const line of lines) {
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      assert.ok(!families.has(name), `${name} comes twice`);
      families.set(name, { type: "", help: rest, samples: [] });
      current = name;
    } else if (keyword === "TYPE") {
      assert.equal(name, current, line);
      assert.match(rest, /^(counter|gauge)$/);
      assert.equal(rest === "counter", name.endsWith("_total"), `${name} is a ${rest}`);
      families.get(name)!.type = rest;
    } else {
      const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
      assert.equal(name, current, line);
      assert.ok(!seen.has(`${name}{${labels}}`), `${line} comes twice`);
      seen.add(`${name}{${labels}}`);
      families.get(current)!.samples.push({ labels: parseLabels(labels), value: Number(value) });
    }
  }
  for (const [name, { type, samples }] of families) {
    assert.ok(type && samples.length, `${name} has a type and samples`);
  }
  return families;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    assert.ok(name !== undefined && value !== undefined, `labels: ${text}`);
    labels[name] = value.replace(/\\./g, (pair) => UNESCAPED[pair]!);
  }
  return labels;
}

/** The value of the sample with these labels; `undefined` if there is none. */
export function metric(
  families: Map<string, Family>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  return families.get(`tandem_${name}`)?.samples
    .find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    ?.value;
}
