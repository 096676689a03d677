import { resolve } from 'node:path';
import { decodeRgb } from '../data/image/decode.ts';
import { resizeForInferenceUint8 } from '../data/image/inference.ts';
import type { ImageList } from '../data/image-list.ts';
import type { FeatureStore } from './store.ts';

/**
 * Raw pixels as features, the baseline that any embedding must beat: a thumbnail of side x side pixels, minus its mean,
 * scaled to length 1, so that brightness and contrast do not count. Made when asked for; nothing is stored.
 */
export class ThumbnailStore implements FeatureStore {
  readonly inMemory = false;
  readonly views = 1;
  readonly count: number;
  readonly width: number;
  private readonly images: ImageList;
  private readonly side: number;

  /** @param side pixels */
  constructor(images: ImageList, side: number) {
    this.images = images;
    this.side = side;
    this.count = images.length;
    this.width = 3 * side * side;
  }

  async gather(rows: Int32Array, _view: number, out: Float32Array): Promise<void> {
    for (const [i, row] of rows.entries()) {
      const image = await decodeRgb(resolve(this.images.root, this.images.image(row)));
      const target = out.subarray(i * this.width, (i + 1) * this.width);
      target.set(resizeForInferenceUint8(image, this.side));
      standardise(target);
    }
  }

  async close(): Promise<void> {}
}

function standardise(values: Float32Array): void {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const length = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0));
  for (let i = 0; i < values.length; i++) values[i] = length === 0 ? 0 : (values[i]! - mean) / length;
}
