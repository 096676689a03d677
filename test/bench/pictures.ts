import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../src/common/rng.ts';

/** JPEGs of a photograph's size (500 x 375) and about its detail: `0.jpg`, `1.jpg`, ... */
export async function makePictures(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const rng = new Rng(i);
    const small = Uint8Array.from({ length: 60 * 45 * 3 }, () => rng.below(256));
    await sharp(small, { raw: { width: 60, height: 45, channels: 3 } })
      .resize(500, 375, { kernel: 'cubic' })
      .jpeg({ quality: 85 })
      .toFile(join(folder, `${i}.jpg`));
  }
}

/** The same in the layout of Products-10k, classes of `perClass` images. */
export async function makeProducts(root: string, count: number, perClass: number): Promise<string> {
  const folder = join(root, 'products-10k', 'train');
  await makePictures(folder, count);
  const rows = Array.from({ length: count }, (_, i) => `${i}.jpg,${Math.floor(i / perClass)},0`);
  writeFileSync(join(root, 'products-10k', 'train.csv'), `name,class,group\n${rows.join('\n')}\n`);
  return folder;
}
