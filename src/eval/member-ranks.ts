import type { DistanceName } from '../config/names.ts';

/**
 * Ranks (from 1, rising) of the index rows `members` among all index rows by distance to one query, equal distances
 * ordered by row: the order of src/kernels/search.ts at any depth. Time grows with rows * (dim + log members), memory
 * with the members alone.
 *
 * @param query [dim]
 * @param index [rows, dim]
 * @param members rows of the index, rising
 */
export function memberRanks(
  query: Float32Array,
  index: Float32Array,
  members: Int32Array,
  metric: DistanceName,
): Int32Array {
  const dim = query.length;
  const distance = DISTANCES[metric](query);
  const rows = index.length / dim;
  const ordered = Array.from(members, (row) => ({ row, distance: distance(index, row * dim) }));
  ordered.sort((a, b) => a.distance - b.distance || a.row - b.row);
  // nearer[j]: other rows that come after member j - 1 and before member j.
  const nearer = new Int32Array(members.length + 1);
  for (let row = 0, m = 0; row < rows; row++) {
    if (row === members[m]) {
      m++;
      continue;
    }
    nearer[firstBehind(ordered, row, distance(index, row * dim))]!++;
  }
  const ranks = new Int32Array(members.length);
  for (let j = 0, before = 0; j < ranks.length; j++) {
    before += nearer[j]!;
    ranks[j] = before + j + 1;
  }
  return ranks;
}

interface Placed {
  readonly row: number;
  readonly distance: number;
}

/** The first member that comes after a row at this distance; their number if none does. */
function firstBehind(ordered: readonly Placed[], row: number, distance: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const member = ordered[middle]!;
    const behind = member.distance > distance || (member.distance === distance && member.row > row);
    if (behind) high = middle;
    else low = middle + 1;
  }
  return low;
}

type DistanceTo = (index: Float32Array, at: number) => number;

/** In float64, terms added from first to last. */
const DISTANCES: { readonly [M in DistanceName]: (query: Float32Array) => DistanceTo } = {
  euclidean: (query) => (index, at) => {
    let sum = 0;
    for (let i = 0; i < query.length; i++) {
      const difference = query[i]! - index[at + i]!;
      sum += difference * difference;
    }
    return sum;
  },
  cosine: (query) => {
    const length = Math.sqrt(query.reduce((sum, x) => sum + x * x, 0));
    return (index, at) => {
      let product = 0;
      let square = 0;
      for (let i = 0; i < query.length; i++) {
        const y = index[at + i]!;
        product += query[i]! * y;
        square += y * y;
      }
      const lengths = length * Math.sqrt(square);
      return lengths === 0 ? 1 : 1 - product / lengths;
    };
  },
};
