/** Shortest beginning of a name that is taken for it, and shortest name that may have something behind it. */
const SHORTEST_BEGINNING = 3;
const SHORTEST_WHOLE = 6;

/**
 * Nearest name for "did you mean": optimal string alignment distance, so that swapped letters cost one. Where none is
 * near, a name that begins with the word, or the longest one that the word begins with.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const normal = (s: string) => s.toLowerCase().replace(/[\s_\-./]/g, '');
  const wanted = normal(word);
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  let longer: string | undefined;
  let shorter: string | undefined;
  for (const candidate of candidates) {
    const name = normal(candidate);
    if (wanted.length >= SHORTEST_BEGINNING && name.startsWith(wanted)) longer ??= candidate;
    if (name.length >= Math.max(SHORTEST_WHOLE, normal(shorter ?? '').length) && wanted.startsWith(name))
      shorter = candidate;
    const d = alignmentDistance(wanted, name, bestDistance);
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best ?? longer ?? shorter;
}

/** Edits (insert, delete, replace, swap neighbours) between two words; stops counting at `limit`. */
export function alignmentDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let d = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        d = Math.min(d, before[j - 2]! + 1);
      row.push(d);
    }
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length]!, limit);
}
