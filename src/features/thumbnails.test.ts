import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ThumbnailStore } from './thumbnails.ts';

const names = ['dark.png', 'bright.png', 'flat.png'];
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mdfe-thumbnails-'));
  const ramp = (low: number, step: number) =>
    Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => low + step * (i % 24));
  const pixels = [ramp(0, 3), ramp(100, 6), new Uint8Array(192).fill(7)];
  for (const [i, data] of pixels.entries())
    await sharp(data, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toFile(join(root, names[i]!));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('thumbnails do not depend on brightness and contrast, and a flat image is nothing', async () => {
  const store = new ThumbnailStore({ root, length: 3, image: (i) => names[i]! }, 8);
  const out = new Float32Array(3 * store.width);
  await store.gather(Int32Array.of(0, 1, 2), 0, out);
  const [dark, bright, flat] = [0, 1, 2].map((i) => [...out.subarray(i * 192, (i + 1) * 192)]) as number[][];
  expect(dark!.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
  expect(dark!.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 5);
  dark!.forEach((x, i) => {
    expect(bright![i]).toBeCloseTo(x, 5);
  });
  expect(flat!.every((x) => x === 0)).toBe(true);
});
