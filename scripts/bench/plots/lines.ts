/** Lines of medians over growing work, both axes logarithmic, with whiskers from the least to the greatest value. */

import type { GrowthResult } from "../document/data.ts";
import { formatNumber, summarize } from "../statistics.ts";
import type { Drawing } from "./svg.ts";
import { colourOf, isOwn, type Theme } from "./theme.ts";

const WIDTH = 560;
const HEIGHT = 300;
/** "0.02", "1,024" */
const NUMBER = ",.12~g";
const shapes = ["square", "diamond", "triangle-up", "cross", "triangle-down", "triangle-left"];

/** A curve that is the same everywhere says nothing as a picture; the table has it. */
export function isFlat(growth: GrowthResult): boolean {
  const values = valuesOf(growth);
  return values.every(({ min, max }) => min === values[0]!.min && max === min);
}

function valuesOf({ candidates }: GrowthResult) {
  return candidates.flatMap(({ name, points }) =>
    points.filter(({ samples }) => samples.length > 0)
      .map(({ x, samples }) => ({ name, x, ...summarize(samples) }))
  );
}

export function drawLines(growth: GrowthResult, theme: Theme): Drawing {
  const { title, x, y, digits, candidates } = growth;
  const names = candidates.map(({ name }) => name);
  // What is drawn last is on top.
  const values = valuesOf(growth).sort((a, b) => Number(isOwn(a.name)) - Number(isOwn(b.name)));
  const ends = candidates.map(({ name }) => {
    const own = values.filter((value) => value.name === name);
    const [first, last] = [own[0], own.at(-1)];
    return first && last
      ? `${name}: ${formatNumber(first.median, digits)} at ${first.x}, ${
        formatNumber(last.median, digits)
      } at ${last.x}.`
      : "";
  });
  const colour = {
    field: "name",
    sort: null,
    title: null,
    scale: {
      domain: names,
      range: colourOf(names, theme, (index) => theme.peers[index % theme.peers.length]!),
    },
  };
  const shape = {
    field: "name",
    title: null,
    scale: {
      domain: names,
      range: names.map((name, index) => isOwn(name) ? "circle" : shapes[index % shapes.length]),
    },
  };
  return {
    title,
    description: `${y} by ${x}. ${ends.join(" ")}`.trimEnd(),
    specification: {
      width: WIDTH,
      height: HEIGHT,
      data: { values },
      encoding: {
        x: {
          field: "x",
          type: "quantitative",
          scale: scaleOf(values.map(({ x }) => x)),
          axis: {
            title: x,
            values: [...new Set(values.map(({ x }) => x))],
            format: NUMBER,
            grid: true,
          },
        },
        color: colour,
      },
      layer: [
        {
          mark: { type: "line" },
          encoding: {
            y: {
              field: "median",
              type: "quantitative",
              // Up to the next powers of ten, so that there is a number at each end.
              scale: { ...scaleOf(values.map(({ min }) => min)), nice: true },
              axis: { title: y, format: NUMBER, ...ticksOf(values) },
            },
            strokeWidth: {
              condition: {
                test: `indexof(${JSON.stringify(names.filter(isOwn))}, datum.name) >= 0`,
                value: 3,
              },
              value: 1.5,
            },
          },
        },
        {
          mark: { type: "rule" },
          encoding: { y: { field: "min", type: "quantitative" }, y2: { field: "max" } },
        },
        {
          mark: { type: "point", filled: true, size: 60, opacity: 1 },
          encoding: { y: { field: "median", type: "quantitative" }, shape },
        },
      ],
    } as Drawing["specification"],
  };
}

/** A logarithm has no zero, and with one Vega finds no good ticks. */
function ticksOf(values: { min: number; max: number }[]) {
  if (!hasZero(values.map(({ min }) => min))) return { tickCount: 5 };
  const most = Math.max(...values.map(({ max }) => max));
  return {
    values: [0, ...[0, 1, 2, 3, 4, 5, 6, 7].map((power) => 10 ** power)].filter((tick) =>
      tick <= most
    ),
  };
}

function hasZero(values: number[]): boolean {
  return values.some((value) => value <= 0);
}

function scaleOf(values: number[]) {
  return hasZero(values)
    ? { type: "symlog", nice: false }
    : { type: "log", nice: false, padding: 12 };
}
