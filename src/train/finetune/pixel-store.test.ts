import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PixelStore } from './pixel-store.ts';

const root = fileURLToPath(new URL('../../../test/golden/resize', import.meta.url));
const files = ['0_RGB_97x61.png', '1_RGB_80x120.png', '4_RGB_64x64.png', '2_RGB_301x200.png'];
const SIZE = 16;

let store: PixelStore;
beforeAll(() => {
  store = new PixelStore({
    images: { root, length: files.length, image: (i) => files[i]! },
    kept: Int32Array.of(0, 1, 3), // the third image is left out
    plan: {
      root,
      transform: { name: 'siglip', size: SIZE },
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      seed: 7,
    },
    views: 9,
    workers: 1,
  });
});
afterAll(() => store.close());

async function pixels(rows: readonly number[], view: number): Promise<Float32Array> {
  const out = new Float32Array(rows.length * store.width);
  await store.gather(Int32Array.from(rows), view, out);
  return out;
}

describe('PixelStore', () => {
  it('gives normalised pixels of more images than are under way at a time', async () => {
    expect(store).toMatchObject({ count: 3, width: 3 * SIZE ** 2, views: 9 });
    const rows = [0, 1, 2, 0, 1, 2, 0];
    const got = await pixels(rows, 0);
    const one = await pixels([2], 0);
    expect(got.subarray(2 * store.width, 3 * store.width)).toEqual(one);
    expect(got.subarray(5 * store.width, 6 * store.width)).toEqual(one);
    expect(got.every((x) => x >= -1 && x <= 1)).toBe(true);
  });

  it('shows the same view again, and another one for another number', async () => {
    expect(await pixels([0, 1], 3)).toEqual(await pixels([0, 1], 3));
    expect(await pixels([0, 1], 3)).not.toEqual(await pixels([0, 1], 4));
  });
});
