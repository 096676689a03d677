import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '../engine.ts';

/**
 * A trained weight on the device: one tensor, or for class centres one for each of k sub-centres. What is saved is
 * always the published layout; part j of k holds its rows j, j + k, j + 2k ...
 */
export interface Parameter {
  readonly name: string;
  /** As published, e.g. [C * k, D]. */
  readonly shape: readonly number[];
  parts: tf.Tensor[];
}

export function upload(name: string, { shape, data }: Tensor, k = 1): Parameter {
  return {
    name,
    shape,
    parts: splitRows(data, shape, k).map((part) => tf.tensor(part, partShape(shape, k))),
  };
}

/** Zeros in the shape of a parameter, for an optimizer's moments. */
export function zerosLike(name: string, { shape, parts }: Parameter): Parameter {
  return { name, shape, parts: parts.map((part) => tf.zeros(part.shape)) };
}

export async function download({ shape, parts }: Parameter): Promise<Tensor> {
  const k = parts.length;
  const arrays = (await Promise.all(parts.map((part) => part.data()))) as Float32Array[];
  if (k === 1) return { shape, data: Float32Array.from(arrays[0]!) };
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  const data = new Float32Array(shape[0]! * width);
  for (let row = 0; row < shape[0]!; row++) {
    const source = Math.floor(row / k) * width;
    data.set(arrays[row % k]!.subarray(source, source + width), row * width);
  }
  return { shape, data };
}

/** Puts new values in place of the old ones. */
export function replace(parameter: Parameter, parts: tf.Tensor[]): void {
  tf.dispose(parameter.parts);
  parameter.parts = parts;
}

function partShape(shape: readonly number[], k: number): number[] {
  return [shape[0]! / k, ...shape.slice(1)];
}

function splitRows(data: Float32Array, shape: readonly number[], k: number): Float32Array[] {
  if (k === 1) return [data];
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  const rows = shape[0]! / k;
  return Array.from({ length: k }, (_, j) => {
    const part = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const source = (row * k + j) * width;
      part.set(data.subarray(source, source + width), row * width);
    }
    return part;
  });
}
