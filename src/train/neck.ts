import { internalError, MdfeError } from '../common/errors.ts';
import { openSafetensors, readTensor } from '../formats/safetensors.ts';
import type { ProbeState } from './probe/engine.ts';
import { NECK_BIAS, NECK_WEIGHT } from './probe/initial.ts';
import { poolingMatrix } from './probe/pooling.ts';

/** A neck on its own, for inference: no dropout, no head, no engine. */
export interface Neck {
  /** Numbers of an embedding. */
  readonly dim: number;
  /** [B, width] -> [B, dim], not normalised */
  embed(features: Float32Array): Float32Array;
}

/** Linear layer x W^T + b from its published tensors. */
export function linearNeck(state: ProbeState): Neck {
  const weight = state.get(NECK_WEIGHT);
  const bias = state.get(NECK_BIAS);
  if (!weight || !bias) throw internalError('a linear neck needs weight and bias');
  const [dim, width] = weight.shape as [number, number];
  return { dim, embed: (features) => multiply(features, weight.data, width, dim, bias.data) };
}

/** Adaptive average pooling: nothing to learn. */
export function poolingNeck(width: number, dim: number): Neck {
  const columns = poolingMatrix(width, dim); // [width, dim]
  const rows = new Float32Array(width * dim);
  for (let j = 0; j < width; j++) for (let i = 0; i < dim; i++) rows[i * width + j] = columns[j * dim + i]!;
  return { dim, embed: (features) => multiply(features, rows, width, dim, new Float32Array(dim)) };
}

/**
 * Reads neck.neck.1.weight [D, width] and neck.neck.1.bias [D] of any safetensors file.
 * @throws MdfeError `checkpoint/no-neck` or `checkpoint/neck-shape`
 */
export async function readLinearNeck(path: string, width: number): Promise<Neck> {
  const file = await openSafetensors(path);
  const [weight, bias] = [file.tensors.get(NECK_WEIGHT), file.tensors.get(NECK_BIAS)];
  if (!weight || !bias)
    throw new MdfeError({
      code: 'checkpoint/no-neck',
      what: 'no trained neck in this file',
      where: path,
      expected: `${NECK_WEIGHT} and ${NECK_BIAS}`,
      got: [...file.tensors.keys()].slice(0, 8).join(', ') || 'no tensors',
      todo: 'give a checkpoint of MDFE, or a safetensors file with these names',
    });
  const [dim] = bias.shape;
  if (bias.shape.length !== 1 || weight.shape.join() !== [dim, width].join())
    throw new MdfeError({
      code: 'checkpoint/neck-shape',
      what: 'the neck in this file does not fit the backbone',
      where: path,
      expected: `${NECK_WEIGHT} [D, ${width}] and ${NECK_BIAS} [D]`,
      got: `[${weight.shape.join(', ')}] and [${bias.shape.join(', ')}]`,
      todo: 'use the configuration that the checkpoint was trained with',
    });
  const read = async (name: string, shape: readonly number[]) =>
    [name, { shape, data: await readTensor(file, name) }] as const;
  return linearNeck(new Map([await read(NECK_WEIGHT, weight.shape), await read(NECK_BIAS, bias.shape)]));
}

/** x [B, width] times w [dim, width] transposed, plus bias. */
function multiply(
  x: Float32Array,
  w: Float32Array,
  width: number,
  dim: number,
  bias: Float32Array,
): Float32Array {
  const rows = x.length / width;
  const out = new Float32Array(rows * dim);
  for (let r = 0; r < rows; r++)
    for (let d = 0; d < dim; d++) {
      // Four sums at once: each addition need not wait for the one before.
      let a = 0;
      let b = 0;
      let c = 0;
      let e = 0;
      let i = r * width;
      let j = d * width;
      const end = i + width;
      for (; i + 4 <= end; i += 4, j += 4) {
        a += x[i]! * w[j]!;
        b += x[i + 1]! * w[j + 1]!;
        c += x[i + 2]! * w[j + 2]!;
        e += x[i + 3]! * w[j + 3]!;
      }
      for (; i < end; i++, j++) a += x[i]! * w[j]!;
      out[r * dim + d] = a + b + (c + e) + bias[d]!;
    }
  return out;
}
