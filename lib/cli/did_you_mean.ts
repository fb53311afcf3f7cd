/** `; did you mean "--workers"?` where one of the known words is close, else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const close = known
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0];
  return close ? `; did you mean ${JSON.stringify(close.candidate)}?` : "";
}

/** Levenshtein's edit distance, one row at a time. Long words are far from everything known. */
function distance(from: string, to: string): number {
  if (from.length > 2 * to.length) return from.length;
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swap = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, swap);
    }
    row = next;
  }
  return row[to.length]!;
}
