import { resizeAndCentreCrop } from '../image/geometry.ts';
import type { Transform } from './transform.ts';

/** Shorter side to `size` (bicubic, antialiased), then the central square: the same pixels every time. */
export function openaiClip(size: number): Transform {
  return { size, random: false, apply: (image) => resizeAndCentreCrop(image, size) };
}
