/** Suggests known words for one that is misspelled or cut short. */

const MAX_SUGGESTIONS = 3;

/**
 * `; did you mean "--log-dir" or "--logs"?` Words that begin with the given one are suggested, the shortest first, at
 * most three; else the one at the smallest edit distance. Empty if no known word is close.
 */
export function didYouMean(word: string, known: readonly string[]): string {
  const suggestions = suggestWords(word, known);
  return suggestions.length ? `; did you mean ${listed(suggestions)}?` : "";
}

export function suggestWords(word: string, known: readonly string[]): string[] {
  const typed = word.toLowerCase();
  const longer = longerWords(typed, known);
  return longer.length ? longer : closestWord(typed, known);
}

function longerWords(typed: string, known: readonly string[]): string[] {
  // Every flag begins with dashes.
  if (/^-*$/.test(typed)) return [];
  return [...new Set(known)].filter((candidate) => candidate.startsWith(typed))
    .sort((a, b) => a.length - b.length)
    .slice(0, MAX_SUGGESTIONS);
}

function closestWord(typed: string, known: readonly string[]): string[] {
  return known
    .map((candidate) => ({ candidate, distance: editDistance(typed, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 1)
    .map(({ candidate }) => candidate);
}

/** `"a", "b" or "c"` */
function listed(words: readonly string[]): string {
  const quoted = words.map((word) => JSON.stringify(word));
  const last = quoted.pop()!;
  return quoted.length ? `${quoted.join(", ")} or ${last}` : last;
}

/** Levenshtein's, computed row by row. Stops early for words far longer than the known one. */
function editDistance(from: string, to: string): number {
  if (from.length > 2 * to.length) return from.length;
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, replaced);
    }
    row = next;
  }
  return row[to.length]!;
}
