import type { Algebra } from './algebra.ts';
import type { HeadConfig, MarginHead } from './head.ts';

/**
 * ArcFace (Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", CVPR 2019,
 * arXiv 1801.07698, eq. 3) with k sub-centres per class (Deng et al., "Sub-center ArcFace", ECCV 2020):
 * target cos(theta + m), every other class cos(theta).
 */
export function arcFace(config: HeadConfig): MarginHead<never> {
  const margin = arcMargin(config.m);
  return {
    name: 'ArcFace',
    k: config.k,
    rowNames: [],
    needsPartition: false,
    partitionScale: () => config.s,
    initialState: () => ({}),
    prepare: (_facts, state) => ({ scale: config.s, rows: {}, state }),
    target: (a, cosine) =>
      arcTarget(a, cosine, a.constant(margin.m), a.constant(margin.threshold), a.constant(margin.penalty)),
    entry: (_a, cosine) => cosine,
    bound: () => config.s * arcBound(config.m),
  };
}

/** A margin in radians with the two numbers that continue the curve beyond theta + m = pi. */
export function arcMargin(m: number): { m: number; threshold: number; penalty: number } {
  return { m, threshold: Math.cos(Math.PI - m), penalty: m * Math.sin(Math.PI - m) };
}

/**
 * cos(theta + m) as long as theta + m < pi, that is c > cos(pi - m); beyond, where it would rise again, the straight
 * line c - m sin(pi - m).
 */
export function arcTarget<T>(a: Algebra<T>, cosine: T, m: T, threshold: T, penalty: T): T {
  return a.where(cosine, threshold, a.cos(a.add(a.acos(cosine), m)), a.sub(cosine, penalty));
}

/** Largest |arcTarget|, reached at c = -1 on the straight line. */
export function arcBound(m: number): number {
  return 1 + Math.abs(m * Math.sin(m));
}
