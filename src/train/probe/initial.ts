import { Rng } from '../../common/rng.ts';
import type { MarginHead } from '../../heads/head.ts';
import type { ProbeSpec, ProbeState, Tensor } from './engine.ts';

/** Published names of the trained weights. */
export const NECK_WEIGHT = 'neck.neck.1.weight';
export const NECK_BIAS = 'neck.neck.1.bias';
export const HEAD_WEIGHT = 'head.weight';

/**
 * Weights before the first step, as PyTorch initialises them: the neck's linear layer uniform in +-1/sqrt(width) (He
 * et al., 2015, with a = sqrt(5)), class centres uniform in +-sqrt(6 / (C*k + D)) (Glorot & Bengio, 2010). The
 * pooling neck has no weights.
 */
export function initialWeights(spec: ProbeSpec, head: MarginHead): ProbeState {
  const { width, embeddingDim: dim, classes, seed } = spec;
  const rows = classes * head.k;
  const uniform = (name: string, shape: readonly number[], bound: number): [string, Tensor] => {
    const rng = new Rng(seed, 'initial weights', name);
    const length = shape.reduce((a, b) => a * b, 1);
    return [name, { shape, data: Float32Array.from({ length }, () => rng.uniform(-bound, bound)) }];
  };
  const centres = uniform(HEAD_WEIGHT, [rows, dim], Math.sqrt(6 / (rows + dim)));
  if (spec.neck === 'pooling') return new Map([centres]);
  return new Map([
    uniform(NECK_WEIGHT, [dim, width], 1 / Math.sqrt(width)),
    uniform(NECK_BIAS, [dim], 1 / Math.sqrt(width)),
    centres,
  ]);
}
