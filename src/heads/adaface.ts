import { mean, sampleDeviation } from './batch.ts';
import type { HeadConfig, MarginHead } from './head.ts';

/** Cosines are kept this far from +-1, angles this far (radians) from 0 and pi. */
const EPSILON = 1e-3;

/**
 * AdaFace (Kim et al., "AdaFace: Quality Adaptive Margin for Face Recognition", CVPR 2022, arXiv 2204.00964,
 * eq. 7-11): the feature's length stands for image quality; its deviation q from the moving mean, in [-1, 1], turns
 * the target's margin from angular (q = -1) to additive (q = 1).
 *
 * `t` is a published buffer of this head that nothing reads; it is kept so that published checkpoints load.
 */
export function adaFace(config: HeadConfig): MarginHead<'angular' | 'additive'> {
  const { m, s, h, t_alpha: alpha } = config;
  return {
    name: 'AdaFace',
    k: 1,
    rowNames: ['angular', 'additive'],
    needsPartition: false,
    partitionScale: () => s,
    initialState: () => ({ batch_mean: 20, batch_std: 100, t: 0 }),
    prepare(facts, state) {
      const norms = facts.norms.map((n) => Math.min(100, Math.max(1e-3, n)));
      const batchMean = Math.fround(alpha * mean(norms) + (1 - alpha) * (state.batch_mean ?? 20));
      // One sample has no deviation (NaN in PyTorch): the moving one stays as it was.
      const old = state.batch_std ?? 100;
      const batchStd =
        norms.length < 2 ? old : Math.fround(alpha * sampleDeviation(norms) + (1 - alpha) * old);
      const quality = norms.map((n) =>
        Math.min(1, Math.max(-1, ((n - batchMean) / (batchStd + EPSILON)) * h)),
      );
      return {
        scale: s,
        rows: { angular: quality.map((q) => -m * q), additive: quality.map((q) => m + m * q) },
        state: { ...state, batch_mean: batchMean, batch_std: batchStd },
      };
    },
    target(a, cosine, row) {
      const angle = a.add(a.acos(a.clamp(cosine, -1 + EPSILON, 1 - EPSILON)), row.angular);
      return a.sub(a.cos(a.clamp(angle, EPSILON, Math.PI - EPSILON)), row.additive);
    },
    // Without a margin acos and the angle's clamp cancel out: arccos(1 - EPSILON) is far above EPSILON.
    entry: (a, cosine) => a.clamp(cosine, -1 + EPSILON, 1 - EPSILON),
    bound: () => s * (1 + 2 * Math.abs(m)),
  };
}
