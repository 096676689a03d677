import { internalError, usageError } from '../common/errors.ts';
import type { HeadConfig, MarginHead } from './head.ts';

/**
 * AdaCos (Zhang et al., "AdaCos: Adaptively Scaling Cosine Logits for Effectively Learning Deep Face
 * Representations", CVPR 2019, arXiv 1905.00292): no margin; the scale s starts at sqrt(2) ln(C - 1) (eq. 12) and,
 * with `dynamic_s`, follows the batch: s = ln(B) / cos(min(pi/4, median target angle)) (eq. 15).
 */
export function adaCos(config: HeadConfig, classes: number): MarginHead<never> {
  if (classes < 3)
    throw usageError({
      code: 'head/too-few-classes',
      what: 'AdaCos cannot train: its scale sqrt(2) ln(classes - 1) is zero or undefined',
      where: 'MODEL.HEAD.name',
      expected: 'at least 3 classes',
      got: `${classes}`,
      todo: 'choose another head, or add classes to the data set',
    });
  const start = Math.fround(Math.SQRT2 * Math.log(classes - 1));
  return {
    name: 'AdaCos',
    k: 1,
    rowNames: [],
    needsPartition: config.dynamic_s,
    partitionScale: (state) => state.s ?? start,
    initialState: () => ({ s: start }),
    prepare({ targetCosine, logMeanPartition }, state) {
      if (!config.dynamic_s) return { scale: state.s ?? start, rows: {}, state };
      if (logMeanPartition === undefined) throw internalError('AdaCos was given no partition');
      const angle = Math.acos(lowerMedianCosine(targetCosine));
      const s = Math.fround(logMeanPartition / Math.cos(Math.min(Math.PI / 4, angle)));
      return { scale: s, rows: {}, state: { s } };
    },
    target: (_a, cosine) => cosine,
    entry: (_a, cosine) => cosine,
    bound: ({ scale }) => Math.abs(scale),
  };
}

/** Cosine of the median angle; of an even number of angles the smaller middle one, as PyTorch's median. */
function lowerMedianCosine(cosines: Float32Array): number {
  const falling = Float32Array.from(cosines).sort().reverse();
  return falling[(falling.length - 1) >> 1]!;
}
