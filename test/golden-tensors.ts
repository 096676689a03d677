import { expect } from 'vitest';
import { openSafetensors, readTensor, type TensorFile } from '../src/formats/safetensors.ts';

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** All tensors of a golden file by name. */
export async function goldenTensors(path: string): Promise<ReadonlyMap<string, GoldenTensor>> {
  const file: TensorFile = await openSafetensors(path);
  const tensors = new Map<string, GoldenTensor>();
  for (const [name, { shape }] of file.tensors)
    tensors.set(name, { shape, data: await readTensor(file, name) });
  return tensors;
}

/** Where the softmax is certain, what remains of losses and gradients need not be told from zero. */
const LEAST = 1e-12;

/** Largest difference, relative to the largest expected value; missing or surplus numbers and NaN count as infinite. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(got[i]! - expected[i]!);
    largest = Math.max(largest, Math.abs(expected[i]!));
    difference = Math.max(difference, Number.isNaN(d) ? Number.POSITIVE_INFINITY : d);
  }
  return difference / Math.max(largest, LEAST);
}

export function expectClose(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
) {
  expect(
    relativeError(got, expected),
    `${what}: difference relative to the largest value`,
  ).toBeLessThanOrEqual(tolerance);
}
