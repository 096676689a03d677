import type { Rng } from '../../common/rng.ts';

/** Changes [n, 3] bytes in place. */
type Adjust = (pixels: Uint8Array, factor: number) => void;

/** Blends towards black (Pillow's ImageEnhance.Brightness). */
export const adjustBrightness: Adjust = (pixels, factor) => {
  const table = blendTable(0, factor);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i]!]!;
};

/** Blends towards the mean grey of the image (ImageEnhance.Contrast). */
export const adjustContrast: Adjust = (pixels, factor) => {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 3) sum += luma(pixels, i);
  const table = blendTable(Math.floor(sum / (pixels.length / 3) + 0.5), factor);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i]!]!;
};

/** Blends towards each pixel's own grey (ImageEnhance.Color). */
export const adjustSaturation: Adjust = (pixels, factor) => {
  const alpha = Math.fround(factor);
  for (let i = 0; i < pixels.length; i += 3) {
    const grey = luma(pixels, i);
    for (let c = 0; c < 3; c++) pixels[i + c] = blend(grey, pixels[i + c]!, alpha);
  }
};

/**
 * torchvision's ColorJitter on 8-bit images: brightness, contrast and saturation, each by its own factor, in random
 * order, in place.
 */
export function jitterColours(
  pixels: Uint8Array,
  range: readonly [low: number, high: number],
  rng: Rng,
): void {
  const order = rng.shuffle([0, 1, 2]);
  const factors = [rng.uniform(...range), rng.uniform(...range), rng.uniform(...range)];
  for (const i of order) ADJUSTMENTS[i]!(pixels, factors[i]!);
}

const ADJUSTMENTS = [adjustBrightness, adjustContrast, adjustSaturation];

/** Pillow's conversion to grey: ITU-R 601-2 in 16-bit fixed point, rounded. */
function luma(pixels: Uint8Array, i: number): number {
  return (pixels[i]! * 19595 + pixels[i + 1]! * 38470 + pixels[i + 2]! * 7471 + 0x8000) >> 16;
}

function blendTable(base: number, factor: number): Uint8Array {
  const alpha = Math.fround(factor);
  return Uint8Array.from({ length: 256 }, (_, v) => blend(base, v, alpha));
}

/** Pillow's ImagingBlend: single precision, towards zero, limited to 0..255. */
function blend(from: number, to: number, alpha: number): number {
  const value = Math.fround(from + Math.fround(alpha * (to - from)));
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value);
}
