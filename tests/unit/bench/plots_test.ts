/** The pictures can be read on both pages, by eye and by a screen reader, and are the same each time. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { drawAll } from "../../../scripts/bench/document/pictures.ts";
import { drawBars, panelsOf } from "../../../scripts/bench/plots/bars.ts";
import { drawLines, isFlat } from "../../../scripts/bench/plots/lines.ts";
import { drawSvg } from "../../../scripts/bench/plots/svg.ts";
import { colours, themes } from "../../../scripts/bench/plots/theme.ts";
import { sample } from "./data.ts";

/** WCAG's least for texts, and for what is drawn. */
const TEXT = 4.5;
const GRAPHIC = 3;

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const files = await drawAll(sample);

Deno.test("plots: the contrast is computed as WCAG does", () => {
  equal(contrast("#ffffff", "#000000"), 21);
  equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
});

for (const theme of themes) {
  const { page, grid } = colours[theme];
  const own = Object.entries(files).filter(([name]) => name.endsWith(`-${theme}.svg`));

  Deno.test(`plots: each text and shape has enough contrast on the ${theme} page`, () => {
    ok(own.length === 4, `${own.length} pictures`);
    for (const [name, svg] of own) {
      const texts = [...svg.matchAll(/<text[^>]* fill="([^"]+)"/g)].map(([, fill]) => fill!);
      ok(texts.length > 5, `${name} has ${texts.length} texts`);
      for (const fill of texts) ok(contrast(fill, page) >= TEXT, `${name}: ${fill} as text`);
      const shapes = [...svg.matchAll(/ (?:fill|stroke)="(#[^"]+)"/g)].map(([, fill]) => fill!);
      ok(shapes.length > texts.length);
      for (const colour of shapes.filter((colour) => colour !== grid)) {
        ok(contrast(colour, page) >= GRAPHIC, `${name}: ${colour}`);
      }
      equal(/opacity|rgb|hsl|gradient/.exec(svg), null, `${name} has other kinds of colour`);
    }
  });

  Deno.test(`plots: tandem's bars and lines stand out on the ${theme} page`, () => {
    const { tandem, slim, peer, peers } = colours[theme];
    equal(new Set([tandem, slim, peer, ...peers]).size, 3 + peers.length);
    for (const [name, svg] of own) {
      ok(svg.includes(tandem) && svg.includes(slim), name);
      ok(svg.includes('font-weight="bold"') || svg.includes('stroke-width="3"'), name);
    }
  });
}

Deno.test("plots: each picture has a title and a description with the numbers, and nothing from outside", () => {
  for (const [name, svg] of Object.entries(files)) {
    match(svg, /^<svg role="img" aria-labelledby="t d" /);
    match(svg, /<title id="t">[^<]+<\/title><desc id="d">[^<]*\d[^<]*<\/desc>/, name);
    equal(/<script|<style|<image|@import|url\(|href="|undefined|NaN/.exec(svg), null, name);
    equal(svg.replaceAll(/xmlns(?::xlink)?="[^"]+"/g, "").includes("http"), false, name);
  }
});

Deno.test("plots: they are the same each time", async () => {
  deepEqual(await drawAll(structuredClone(sample)), files);
});

Deno.test("plots: every value is printed at its bar, whiskers only where values differ", async () => {
  const bars = (samples: number[]) => ({
    title: "ms",
    bars: [{ name: "tandem", median: 12.3, min: samples[0]!, max: samples[1]!, label: "12.3" }],
  });
  const [same, spread] = await Promise.all(
    [[12.3, 12.3], [10, 20]].map((samples) =>
      drawSvg(drawBars("title", [bars(samples)], colours.light), colours.light)
    ),
  );
  ok(same!.includes(">12.3</text>") && spread!.includes(">12.3</text>"));
  const { text } = colours.light;
  const marks = (svg: string) =>
    svg.match(new RegExp(`(?<!<text[^>]*)="${text}"`, "g"))?.length ?? 0;
  equal(marks(same!), 0);
  equal(marks(spread!), 3);
});

Deno.test("plots: a few far longer bars end at the longest of the others, and say so", async () => {
  const draw = (...medians: number[]) => {
    const bars = medians.map((median) => ({
      ...{ name: `candidate ${median}`, median, min: median, max: median, label: `${median}` },
    }));
    return drawSvg(drawBars("title", [{ title: "ms", bars }], colours.light), colours.light);
  };
  const cut = await draw(10, 20, 30, 4000);
  ok(cut.includes(">» 4000</text>") && cut.includes(">ms (»: longer)</text>"));
  ok(cut.includes(">30</text>") && !cut.includes("» 30<"));
  for (
    const whole of [await draw(10, 20, 30, 140), await draw(10, 4000), await draw(1, 2, 300, 400)]
  ) {
    equal(whole.includes("»"), false);
  }
});

Deno.test("plots: the axis of a curve with zeros has them, and a flat curve has no picture", async () => {
  const curve = (...values: number[]) => ({
    ...sample.growth[0]!,
    candidates: [{
      name: "tandem",
      points: values.map((y, x) => ({ x: 4 ** (x + 3), samples: [y] })),
    }],
  });
  const svg = await drawSvg(drawLines(curve(0, 5, 2000), colours.light), colours.light);
  const axis = [...svg.matchAll(/<text[^>]*>([\d.,]+)<\/text>/g)].map(([, label]) => label);
  deepEqual(axis, ["64", "256", "1,024", "0", "1", "10", "100", "1,000"]);
  ok(isFlat(curve(0, 0, 0)) && !isFlat(curve(0, 1)));
  const drawn = await drawAll({ ...sample, growth: [curve(7, 7)] });
  equal(Object.keys(drawn).some((name) => name.startsWith("workers")), false);
});

Deno.test("plots: a metric that is the same for all, or that one candidate alone has, has no panel", () => {
  const metrics = (...values: (number | null)[]) =>
    values.map((value, index) => ({
      name: `candidate ${index}`,
      metrics: [{
        title: "ms",
        digits: 0,
        median: value,
        min: value,
        max: value,
        ratio: null,
        samples: [value],
      }],
    }));
  equal(panelsOf({ candidates: metrics(0, 0) }).length, 0);
  equal(panelsOf({ candidates: metrics(1, null) }).length, 0);
  deepEqual(panelsOf({ candidates: metrics(1, null, 2000) })[0]!.bars.map(({ label }) => label), [
    "1",
    "2,000",
  ]);
});
