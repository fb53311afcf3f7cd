/** Shrinks the source maps of the bundle, which the Deno edition keeps in memory. */

import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";

/**
 * Keeps the source file and line of each position, without columns and names: a fifth of the size.
 * @param json a source map of version 3
 */
export function shrinkSourceMap(json: string): string {
  const map = JSON.parse(json);
  const mappings = encode(decode(map.mappings).map(firstOfEachLine));
  return JSON.stringify({ ...map, names: [], mappings });
}

function firstOfEachLine(segments: SourceMapSegment[]): SourceMapSegment[] {
  let last: string | undefined;
  return segments.flatMap(([column, file, line]): SourceMapSegment[] => {
    const place = `${file}:${line}`;
    if (place === last) return [];
    last = place;
    // Without a file, the code is esbuild's own.
    return [file === undefined ? [column] : [column, file, line!, 0]];
  });
}
