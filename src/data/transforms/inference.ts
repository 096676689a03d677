import { resizeForInferenceUint8 } from '../image/inference.ts';
import type { Transform } from './transform.ts';

/**
 * What the packaged model does with a uint8 image before its backbone: bicubic, antialiased, to a square without
 * keeping the aspect ratio, rounded to whole numbers.
 */
export function inference(size: number): Transform {
  return { size, random: false, apply: (image) => interleave(resizeForInferenceUint8(image, size)) };
}

/** [3, n] -> [n, 3] */
function interleave(planes: Uint8Array): Uint8Array {
  const n = planes.length / 3;
  const pixels = new Uint8Array(planes.length);
  for (let i = 0, p = 0; i < n; i++, p += 3) {
    pixels[p] = planes[i]!;
    pixels[p + 1] = planes[n + i]!;
    pixels[p + 2] = planes[2 * n + i]!;
  }
  return pixels;
}
