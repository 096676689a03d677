import { Rng } from '../../common/rng.ts';
import type { MarginHead } from '../../heads/head.ts';
import type { ProbeSpec, ProbeState, Tensor } from './engine.ts';

/** Published names of the trained weights. */
export const NECK_WEIGHT = 'neck.neck.1.weight';
export const NECK_BIAS = 'neck.neck.1.bias';
export const HEAD_WEIGHT = 'head.weight';

/**
 * Weights before the first step, as PyTorch initialises them: the neck's, and class centres uniform in
 * +-sqrt(6 / (C*k + D)) (Glorot & Bengio, 2010).
 */
export function initialWeights(spec: ProbeSpec, head: MarginHead): ProbeState {
  const { embeddingDim: dim, classes, seed } = spec;
  const rows = classes * head.k;
  const centres = uniform(seed, HEAD_WEIGHT, [rows, dim], Math.sqrt(6 / (rows + dim)));
  return new Map([...initialNeck(spec), centres]);
}

/** A linear neck is uniform in +-1/sqrt(width) (He et al., 2015, with a = sqrt(5)); a pooling neck has no weights. */
export function initialNeck({
  neck,
  width,
  embeddingDim,
  seed,
}: Pick<ProbeSpec, 'neck' | 'width' | 'embeddingDim' | 'seed'>): ProbeState {
  if (neck === 'pooling') return new Map();
  return new Map([
    uniform(seed, NECK_WEIGHT, [embeddingDim, width], 1 / Math.sqrt(width)),
    uniform(seed, NECK_BIAS, [embeddingDim], 1 / Math.sqrt(width)),
  ]);
}

function uniform(seed: number, name: string, shape: readonly number[], bound: number): [string, Tensor] {
  const rng = new Rng(seed, 'initial weights', name);
  const length = shape.reduce((a, b) => a * b, 1);
  return [name, { shape, data: Float32Array.from({ length }, () => rng.uniform(-bound, bound)) }];
}
