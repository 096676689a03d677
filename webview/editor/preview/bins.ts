import type { Point } from '../../../src/language/preview/types.ts';

/** Whole numbers from one to another, both included, and how many have them. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** @param points starts of the bins with their counts; the last one closes the last bin */
export function binsOf(points: readonly Point[]): Bin[] {
  return points.slice(0, -1).map(({ x, y }, i) => ({ from: x, to: points[i + 1]!.x - 1, count: y }));
}

/** Rounds to the number whose bin ends there. */
const ALMOST_HALF = 0.49;

/**
 * The bins as points of a line that steps in the middle between two of them: their centres, and the outer edges of the
 * first and the last.
 */
export function stairs(bins: readonly Bin[]): Point[] {
  const [first, last] = [bins[0], bins.at(-1)];
  if (!first || !last) return [];
  return [
    { x: first.from - ALMOST_HALF, y: first.count },
    ...bins.map(({ from, to, count }) => ({ x: (from + to) / 2, y: count })),
    { x: last.to + ALMOST_HALF, y: last.count },
  ];
}

/** The bin of a point of `stairs`. */
export function binAt(bins: readonly Bin[], index: number): Bin | undefined {
  return bins[Math.min(bins.length - 1, Math.max(0, index - 1))];
}
