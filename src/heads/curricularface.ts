import { arcBound, arcMargin, arcTarget } from './arcface.ts';
import { mean } from './batch.ts';
import type { HeadConfig, MarginHead } from './head.ts';

/**
 * CurricularFace (Huang et al., "CurricularFace: Adaptive Curriculum Learning Loss for Deep Face Recognition",
 * CVPR 2020, arXiv 2004.00288, eq. 5 and 10): a non-target cosine above cos(theta_y + m) is a hard one and becomes
 * c (t + c), where t is the moving average of the target cosines.
 */
export function curricularFace(config: HeadConfig): MarginHead<'hardAbove' | 't'> {
  const margin = arcMargin(config.m);
  return {
    name: 'CurricularFace',
    k: 1,
    rowNames: ['hardAbove', 't'],
    needsPartition: false,
    partitionScale: () => config.s,
    initialState: () => ({ t: 0 }),
    prepare({ targetCosine }, state) {
      const t = Math.fround(0.01 * mean(targetCosine) + 0.99 * (state.t ?? 0));
      return {
        scale: config.s,
        rows: {
          hardAbove: targetCosine.map((c) => Math.cos(Math.acos(c) + config.m)),
          t: new Float32Array(targetCosine.length).fill(t),
        },
        state: { t },
      };
    },
    target: (a, cosine) =>
      arcTarget(a, cosine, a.constant(margin.m), a.constant(margin.threshold), a.constant(margin.penalty)),
    entry: (a, cosine, row) => a.where(cosine, row.hardAbove, a.mul(cosine, a.add(row.t, cosine)), cosine),
    bound: ({ state }) => config.s * Math.max(arcBound(config.m), 1 + Math.abs(state.t ?? 0)),
  };
}
