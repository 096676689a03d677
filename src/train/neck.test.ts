import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rng } from '../common/rng.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { linearNeck, poolingNeck, readLinearNeck } from './neck.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mdfe-neck-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const random = (seed: number, length: number) => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.normal());
};
const tensors = (width: number, dim: number) => ({
  weight: { shape: [dim, width], data: random(1, dim * width) },
  bias: { shape: [dim], data: random(2, dim) },
});

describe.each([1, 3, 4, 6, 129])('width %i', (width) => {
  test('a linear neck is x W^T + b', () => {
    const { weight, bias } = tensors(width, 5);
    const x = random(3, 7 * width);
    const neck = linearNeck(
      new Map([
        ['neck.neck.1.weight', weight],
        ['neck.neck.1.bias', bias],
      ]),
    );
    const got = neck.embed(x);
    expect(got).toHaveLength(7 * 5);
    for (let r = 0; r < 7; r++)
      for (let d = 0; d < 5; d++) {
        let sum = bias.data[d]!;
        for (let i = 0; i < width; i++) sum += x[r * width + i]! * weight.data[d * width + i]!;
        expect(got[r * 5 + d]).toBeCloseTo(sum, 4);
      }
  });
});

test('a pooling neck averages overlapping bins', () => {
  const [a, b, c] = poolingNeck(5, 3).embed(Float32Array.of(1, 2, 3, 4, 5));
  expect([a, b, c]).toEqual([1.5, 3, 4.5]); // bins 0..2, 1..4, 3..5
});

describe('a checkpoint of any origin', () => {
  const write = async (name: string, entries: Record<string, { shape: number[]; data: Float32Array }>) => {
    const path = join(dir, name);
    await writeSafetensors(path, Object.entries(entries));
    return path;
  };

  test('is read by the published names; its size of embedding counts', async () => {
    const { weight, bias } = tensors(6, 4);
    const path = await write('a.safetensors', {
      'neck.neck.1.weight': weight,
      'neck.neck.1.bias': bias,
      other: { shape: [1], data: Float32Array.of(1) },
    });
    expect((await readLinearNeck(path, 6)).dim).toBe(4);
    await expect(readLinearNeck(path, 7)).rejects.toMatchObject({ code: 'checkpoint/neck-shape' });
  });

  test('without a neck is an error', async () => {
    const path = await write('b.safetensors', { 'neck.neck.1.weight': tensors(6, 4).weight });
    await expect(readLinearNeck(path, 6)).rejects.toMatchObject({ code: 'checkpoint/no-neck' });
  });
});
