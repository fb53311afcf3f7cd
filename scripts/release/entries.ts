/** Files of an archive, in memory, so that neither the umask nor the clock of the machine gets into it. */

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Entry {
  /** Relative, without "./". */
  path: string;
  mode: 0o644 | 0o755;
  data: Bytes;
}

export function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function textEntry(path: string, text: string): Entry {
  return { path, mode: 0o644, data: bytesOf(text) };
}

export function programEntry(path: string, data: Bytes): Entry {
  return { path, mode: 0o755, data };
}

/** The same files below a folder. */
export function below(folder: string, entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }));
}

/** Parents before children, each once: "usr", "usr/bin". */
export function foldersOf(entries: readonly Entry[]): string[] {
  const folders = entries.flatMap(({ path }) => {
    const names = path.split("/").slice(0, -1);
    return names.map((_, index) => names.slice(0, index + 1).join("/"));
  });
  return [...new Set(folders)].sort();
}

export function concat(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
