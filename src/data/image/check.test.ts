import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { badImagesError } from './bad-images.ts';
import { checkImages } from './check.ts';

const root = fileURLToPath(new URL('../../../test/fixtures/images', import.meta.url));

it('lists every bad image with its reason', async () => {
  const names = ['rgb.jpg', 'truncated.jpg', 'absent.jpg', 'cmyk.tif', 'empty.jpg'];
  const seen: number[] = [];
  const bad = await checkImages(
    { root, length: names.length, image: (i) => names[i]! },
    { workers: 1, onProgress: (done) => seen.push(done) },
  );
  expect(bad.map((b) => [b.index, b.code])).toEqual([
    [1, 'image/damaged'],
    [2, 'image/missing'],
    [4, 'image/damaged'],
  ]);
  expect(seen).toEqual([5]);
  expect(badImagesError(bad, root).message).toMatch(
    /3 images are missing or damaged:\n +truncated.jpg: cannot read the image: .*\n +absent.jpg: image not found\n +empty.jpg/,
  );
});
