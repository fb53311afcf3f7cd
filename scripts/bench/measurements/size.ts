/** What an image has to carry. */

import type { Measurement } from "../measurement.ts";

export const size: Measurement = {
  name: "size",
  title: "What an image carries for the launcher",
  notes: ["Of the contender's own files only; what they need besides stands in words."],
  metrics: [{ title: "size, kB", digits: 1 }],
  rounds: () => 1,
  order: "in turn",
  measure({ files }) {
    return Promise.resolve([files.map(bytesOf).reduce((sum, bytes) => sum + bytes, 0) / 1e3]);
  },
  remark: { title: "needs besides", of: ({ needs }) => needs },
};

function bytesOf(path: string): number {
  const { isDirectory, size } = Deno.statSync(path);
  if (!isDirectory) return size;
  return [...Deno.readDirSync(path)]
    .filter(({ name }) => name !== "__pycache__")
    .map(({ name }) => bytesOf(`${path}/${name}`))
    .reduce((sum, bytes) => sum + bytes, 0);
}
