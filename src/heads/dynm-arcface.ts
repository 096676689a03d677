import { arcBound, arcMargin, arcTarget } from './arcface.ts';
import type { HeadConfig, MarginHead } from './head.ts';

/**
 * ArcFace with a margin per class from its number of images: class distribution aware additive angular margin loss
 * (CLAM). Rare classes get the larger margin.
 *
 * @param counts images per class, by label. [C]
 */
export function dynMArcFace(
  config: HeadConfig,
  counts: Int32Array,
): MarginHead<'m' | 'threshold' | 'penalty'> {
  const margins = classMargins(counts, config.m_min, config.m_max);
  const parts = Array.from(margins, arcMargin);
  const bound = config.s * margins.reduce((largest, m) => Math.max(largest, arcBound(m)), 1);
  return {
    name: 'DynM-ArcFace',
    k: config.k,
    rowNames: ['m', 'threshold', 'penalty'],
    needsPartition: false,
    partitionScale: () => config.s,
    initialState: () => ({}),
    prepare: ({ labels }, state) => ({
      scale: config.s,
      rows: {
        m: Float32Array.from(labels, (y) => parts[y]!.m),
        threshold: Float32Array.from(labels, (y) => parts[y]!.threshold),
        penalty: Float32Array.from(labels, (y) => parts[y]!.penalty),
      },
      state,
    }),
    target: (a, cosine, row) => arcTarget(a, cosine, row.m, row.threshold, row.penalty),
    entry: (_a, cosine) => cosine,
    bound: () => bound,
  };
}

/**
 * m = m_min + (m_max - m_min)/2 * (1 + cos(pi * (n - n_min) / (n_max - n_min))), and m_max when all classes are of
 * one size. Radians. [C]
 */
export function classMargins(counts: Int32Array, mMin: number, mMax: number): Float64Array {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const n of counts) {
    least = Math.min(least, n);
    most = Math.max(most, n);
  }
  const range = most - least;
  return Float64Array.from(counts, (n) =>
    range === 0 ? mMax : mMin + ((mMax - mMin) / 2) * (1 + Math.cos((Math.PI * (n - least)) / range)),
  );
}
