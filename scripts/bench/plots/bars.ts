/** Bars of medians with whiskers from the least to the greatest value, one panel for each metric. */

import type { Result } from "../document/data.ts";
import { formatNumber } from "../statistics.ts";
import type { Drawing } from "./svg.ts";
import { colourOf, isOwn, type Theme } from "./theme.ts";

export interface Panel {
  title: string;
  bars: { name: string; median: number; min: number; max: number; label: string }[];
}

const WIDTH = { one: 640, two: 290 };
const STEP = 22;
/** Of the axis, for the value that is printed after the bar or its whisker. */
const ROOM = { one: 1.12, two: 1.28 };

/** A few bars this many times as long as all others would leave these no length. */
const CUT_RATIO = 5;

/** A metric that is the same for all says nothing as a picture; the table has it. */
export function panelsOf({ candidates }: Pick<Result, "candidates">): Panel[] {
  const titles = candidates[0]?.metrics.map(({ title }) => title) ?? [];
  return titles.flatMap((title, index) => {
    const bars = candidates.flatMap(({ name, metrics }) => {
      const { median, min, max, digits } = metrics[index]!;
      if (median === null || min === null || max === null) return [];
      return [{ name, median, min, max, label: formatNumber(median, digits) }];
    });
    const isFlat = bars.every(({ min, max }) => min === bars[0]!.min && max === bars[0]!.min);
    return bars.length > 1 && !isFlat ? [{ title, bars }] : [];
  });
}

export function drawBars(title: string, panels: readonly Panel[], theme: Theme): Drawing {
  const columns = panels.length > 1 ? 2 : 1;
  return {
    title,
    description: panels.map(describe).join(" "),
    specification: {
      concat: panels.map((panel) => drawPanel(panel, columns === 1 ? "one" : "two", theme)),
      columns,
      spacing: { row: 28, column: 24 },
    } as Drawing["specification"],
  };
}

function describe({ title, bars }: Panel): string {
  return `${title}: ${bars.map(({ name, label }) => `${name} ${label}`).join(", ")}.`;
}

/** @returns the value at which the axis ends because a third of the bars or less are far longer */
function cutOf(bars: Panel["bars"]): number | undefined {
  const longest = bars.map(({ max }) => max).sort((a, b) => b - a);
  return longest.find((max, i) => {
    return i > 0 && i <= bars.length / 3 && max > 0 && longest[i - 1]! > CUT_RATIO * max;
  });
}

/** Ends at the cut if it is longer, and says so. */
function cutBar(bar: Panel["bars"][number], cut: number | undefined): Panel["bars"][number] {
  if (cut === undefined || bar.max <= cut) return bar;
  return { ...bar, median: cut, min: cut, max: cut, label: `» ${bar.label}` };
}

function drawPanel(panel: Panel, width: keyof typeof WIDTH, theme: Theme) {
  const cut = cutOf(panel.bars);
  const bars = panel.bars.map((bar) => cutBar(bar, cut));
  const title = cut === undefined ? panel.title : `${panel.title} (»: longer)`;
  const names = bars.map(({ name }) => name);
  const most = Math.max(...bars.map(({ max }) => max)) * ROOM[width];
  const y = {
    field: "name",
    type: "nominal",
    sort: null,
    title: null,
    axis: {
      domain: false,
      ticks: false,
      labelPadding: 6,
      labelFontWeight: {
        condition: {
          test: `indexof(${JSON.stringify(names.filter(isOwn))}, datum.value) >= 0`,
          value: "bold",
        },
        value: "normal",
      },
    },
  };
  const x = (field: string) => ({
    field,
    type: "quantitative",
    scale: { domain: [0, most], nice: false },
    axis: {
      title: null,
      tickCount: 4,
      domain: false,
      ticks: false,
      grid: false,
      labelColor: theme.muted,
    },
  });
  const colours = colourOf(names, theme, () => theme.peer);
  return {
    title,
    width: WIDTH[width],
    height: { step: STEP },
    data: { values: bars.map((bar, index) => ({ ...bar, colour: colours[index] })) },
    encoding: { y },
    layer: [
      {
        mark: { type: "bar", height: 13 },
        encoding: { x: x("median"), color: { field: "colour", type: "nominal", scale: null } },
      },
      {
        transform: [{ filter: "datum.min < datum.max" }],
        mark: { type: "rule", color: theme.text },
        encoding: { x: x("min"), x2: { field: "max" } },
      },
      ...["min", "max"].map((end) => ({
        transform: [{ filter: "datum.min < datum.max" }],
        mark: { type: "tick", color: theme.text, size: 8, thickness: 1, opacity: 1 },
        encoding: { x: x(end) },
      })),
      {
        mark: { type: "text", align: "left", dx: 6, fontSize: 12, color: theme.text },
        encoding: { x: x("max"), text: { field: "label" } },
      },
    ],
  };
}
