import { Rng } from '../common/rng.ts';
import type { Graph } from './ops.ts';
import { axisLength } from './shape.ts';

/** A tensor whose numbers are made only when asked for: what `writeSafetensors` takes. */
export interface LazyTensor {
  readonly dtype: 'F32' | 'F16' | 'BF16';
  readonly shape: readonly number[];
  readonly data: () => Float32Array;
}

/** Numbers that one truncated normal distribution is drawn from: a power of two, so that 16 bits pick one. */
const POOL_SIZE = 65536;

/**
 * Untrained weights for a graph under their published names, each tensor from its own random stream, so that the
 * order of writing does not matter. Large tensors are drawn with replacement from a pool of 65,536 values: 400M
 * parameters take seconds.
 */
export function* randomWeights(
  graph: Graph,
  seed: number,
  dtype: LazyTensor['dtype'] = 'F32',
): Generator<readonly [name: string, tensor: LazyTensor]> {
  const pool = truncatedNormals(new Rng(seed, 'pool'));
  for (const [name, { shape, attributes }] of graph.weights) {
    const lengths = shape.map((_, axis) => axisLength(shape, axis));
    const data = () => {
      const values = new Float32Array(lengths.reduce((n, d) => n * d, 1));
      if (attributes.init.kind === 'constant') return values.fill(attributes.init.value);
      const { std } = attributes.init;
      const rng = new Rng(seed, name);
      for (let i = 0; i < values.length; i += 2) {
        const bits = rng.uint32();
        values[i] = pool[bits & 0xffff]! * std;
        if (i + 1 < values.length) values[i + 1] = pool[bits >>> 16]! * std;
      }
      return values;
    };
    yield [name, { dtype, shape: lengths, data }];
  }
}

/** Standard normal numbers cut off at two standard deviations. */
function truncatedNormals(rng: Rng): Float32Array {
  const pool = new Float32Array(POOL_SIZE);
  for (let i = 0; i < POOL_SIZE; ) {
    const x = rng.normal();
    if (Math.abs(x) <= 2) pool[i++] = x;
  }
  return pool;
}
