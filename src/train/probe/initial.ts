import { Rng } from '../../common/rng.ts';
import type { MarginHead } from '../../heads/head.ts';
import type { ProbeSpec, ProbeState, Tensor } from './engine.ts';

/** Published names of the trained weights. */
export const NECK_WEIGHT = 'neck.neck.1.weight';
export const NECK_BIAS = 'neck.neck.1.bias';
export const HEAD_WEIGHT = 'head.weight';

/** A weight before the first step. */
export interface InitialWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** The next numbers, row by row. */
  draw(target: Float32Array<ArrayBufferLike>): void;
}

type NeckSpec = Pick<ProbeSpec, 'neck' | 'width' | 'embeddingDim' | 'seed'>;

/**
 * Weights before the first step, as PyTorch initialises them: the neck's, and class centres uniform in
 * +-sqrt(6 / (C*k + D)) (Glorot & Bengio, 2010).
 */
export function drawInitialWeights(spec: ProbeSpec, head: MarginHead): InitialWeight[] {
  const { embeddingDim: dim, classes, seed } = spec;
  const rows = classes * head.k;
  return [...drawNeck(spec), uniform(seed, HEAD_WEIGHT, [rows, dim], Math.sqrt(6 / (rows + dim)))];
}

/** The same as tensors. */
export function initialWeights(spec: ProbeSpec, head: MarginHead): ProbeState {
  return new Map(drawInitialWeights(spec, head).map(toTensor));
}

export function initialNeck(spec: NeckSpec): ProbeState {
  return new Map(drawNeck(spec).map(toTensor));
}

/** A linear neck is uniform in +-1/sqrt(width) (He et al., 2015, with a = sqrt(5)); a pooling neck has no weights. */
function drawNeck({ neck, width, embeddingDim, seed }: NeckSpec): InitialWeight[] {
  if (neck === 'pooling') return [];
  return [
    uniform(seed, NECK_WEIGHT, [embeddingDim, width], 1 / Math.sqrt(width)),
    uniform(seed, NECK_BIAS, [embeddingDim], 1 / Math.sqrt(width)),
  ];
}

function uniform(seed: number, name: string, shape: readonly number[], bound: number): InitialWeight {
  const rng = new Rng(seed, 'initial weights', name);
  return { name, shape, draw: (target) => rng.fillUniform(target, -bound, bound) };
}

function toTensor({ name, shape, draw }: InitialWeight): [string, Tensor] {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  draw(data);
  return [name, { shape, data }];
}
