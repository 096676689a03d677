import type { Algebra } from './algebra.ts';
import type { HeadConfig, MarginHead } from './head.ts';

/**
 * Li-ArcFace (Li et al., "AirFace: Lightweight and Efficient Model for Face Recognition", ICCVW 2019,
 * arXiv 1907.12256, eq. 4): logits linear in the angle, (pi - 2 theta) / pi, with theta + m for the target.
 */
export function liArcFace(config: HeadConfig): MarginHead<never> {
  return {
    name: 'LiArcFace',
    k: 1,
    rowNames: [],
    needsPartition: false,
    partitionScale: () => config.s,
    initialState: () => ({}),
    prepare: (_facts, state) => ({ scale: config.s, rows: {}, state }),
    target: (a, cosine) => linear(a, a.add(a.acos(cosine), a.constant(config.m))),
    entry: (a, cosine) => linear(a, a.acos(cosine)),
    bound: () => config.s * (1 + (2 * Math.abs(config.m)) / Math.PI),
  };
}

function linear<T>(a: Algebra<T>, angle: T): T {
  return a.sub(a.constant(1), a.mul(a.constant(2 / Math.PI), angle));
}
