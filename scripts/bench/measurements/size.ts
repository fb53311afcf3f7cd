/** The size of the files that an image needs for a candidate. */

import { isLauncher } from "../candidates.ts";
import type { Measurement } from "../measurement.ts";

export const size: Measurement = {
  name: "size",
  suits: isLauncher,
  title: "Files in the image for the launcher",
  notes: ["Only the launcher's own files; the last column lists what else they need."],
  metrics: [{ title: "size, kB", digits: 1 }],
  rounds: () => 1,
  order: "in turn",
  measure({ files }) {
    return Promise.resolve([files.map(bytesOf).reduce((sum, bytes) => sum + bytes, 0) / 1e3]);
  },
  remark: { title: "also needs", of: ({ needs }) => needs },
};

function bytesOf(path: string): number {
  const { isDirectory, size } = Deno.statSync(path);
  if (!isDirectory) return size;
  return [...Deno.readDirSync(path)]
    .filter(({ name }) => name !== "__pycache__")
    .map(({ name }) => bytesOf(`${path}/${name}`))
    .reduce((sum, bytes) => sum + bytes, 0);
}
