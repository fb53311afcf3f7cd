/** A shrunken source map names the file and the line that the whole one names, at each position. */

import { deepStrictEqual, ok } from "node:assert";
import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import fc from "fast-check";
import { shrinkSourceMap } from "../../../scripts/build/source_map.ts";

/** The columns of a generated line, each with a place in one of three files or with none. */
const line: fc.Arbitrary<SourceMapSegment[]> = fc.uniqueArray(fc.nat(200)).chain((columns) =>
  fc.tuple(
    ...columns.toSorted((a, b) => a - b).map((column) =>
      fc.oneof(
        fc.constant<SourceMapSegment>([column]),
        fc.tuple(fc.constant(column), fc.nat(2), fc.nat(3), fc.nat(9), fc.nat(1)),
      )
    ),
  )
);

/** The file and the line at a position: those of the last segment before it or there. */
function placeAt(segments: SourceMapSegment[], column: number): (number | undefined)[] {
  const segment = segments.findLast(([start]) => start <= column);
  return [segment?.[1], segment?.[2]];
}

Deno.test("source map: each position keeps its file and line", () => {
  fc.assert(fc.property(fc.array(line), (lines) => {
    const whole = { version: 3, sources: ["a", "b", "c"], names: ["x", "y"], mappings: "" };
    whole.mappings = encode(lines);
    const shrunken = JSON.parse(shrinkSourceMap(JSON.stringify(whole)));
    deepStrictEqual({ ...shrunken, mappings: "" }, { ...whole, names: [], mappings: "" });
    const shrunkenLines = decode(shrunken.mappings);
    lines.forEach((segments, i) => {
      for (const [column] of segments) {
        deepStrictEqual(placeAt(shrunkenLines[i]!, column), placeAt(segments, column));
      }
    });
  }));
});

Deno.test("source map: the segments of one source line become one", () => {
  const segments: SourceMapSegment[] = [[0, 0, 7, 0], [4, 0, 7, 4, 0], [9, 0, 7, 9]];
  const map = { version: 3, sources: ["a"], names: ["x"], mappings: encode([segments]) };
  const { mappings } = JSON.parse(shrinkSourceMap(JSON.stringify(map)));
  ok(mappings.length < map.mappings.length);
  deepStrictEqual(decode(mappings), [[[0, 0, 7, 0]]]);
});
