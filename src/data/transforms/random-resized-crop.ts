import type { Rng } from '../../common/rng.ts';
import { cropImage } from '../image/geometry.ts';
import { type Box, type RgbImage, resizeBicubic } from '../image/resize.ts';

export interface CropRange {
  /** Share of the image's area. */
  readonly area: readonly [low: number, high: number];
  /** Width by height; drawn uniformly on a log scale. */
  readonly ratio: readonly [low: number, high: number];
}

const ATTEMPTS = 10;

/**
 * The rectangle of torchvision's RandomResizedCrop ("Inception crop", Szegedy et al., arXiv 1409.4842): ten attempts to
 * place one of a random area and ratio inside the image, else the largest central one whose ratio is allowed.
 */
export function randomCrop(
  { width, height }: { readonly width: number; readonly height: number },
  { area, ratio }: CropRange,
  rng: Rng,
): Box {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const target = width * height * rng.uniform(...area);
    const aspect = Math.exp(rng.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = Math.round(Math.sqrt(target * aspect));
    const h = Math.round(Math.sqrt(target / aspect));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const y = rng.below(height - h + 1);
    const x = rng.below(width - w + 1);
    return { x, y, width: w, height: h };
  }
  const natural = width / height;
  const w = natural > ratio[1] ? Math.round(height * ratio[1]) : width;
  const h = natural < ratio[0] ? Math.round(width / ratio[0]) : height;
  return { x: Math.floor((width - w) / 2), y: Math.floor((height - h) / 2), width: w, height: h };
}

/** That rectangle as a square of `size`: [size, size, 3] bytes. As in torchvision it is cut out before it is resized. */
export function randomResizedCrop(image: RgbImage, size: number, range: CropRange, rng: Rng): Uint8Array {
  const part = cropImage(image, randomCrop(image, range, rng));
  return resizeBicubic(part.data, part.width, part.height, size, size);
}
