import { resizeRgb } from '../../kernels/resize.ts';
import { fixedCoefficients } from './resize-coefficients.ts';

/** 8-bit RGB, interleaved: data[(y * width + x) * 3 + channel]. */
export interface RgbImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A rectangle in pixels; (x, y) is its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What the kernel's weights have. */
const FRACTION_BITS = 22;

/**
 * Pillow's antialiased bicubic resize (a = -0.5, 22-bit fixed point, horizontal pass first with an 8-bit result), equal
 * to `Image.resize(size, BICUBIC)` in every bit: libImaging/Resample.c. The sums are those of src/kernels.
 *
 * @param rgb interleaved, width * height * 3 bytes
 * @param crop part of the resized image to compute (default: all of it); the rest costs nothing
 * @returns interleaved, crop.width * crop.height * 3 bytes
 */
export function resizeBicubic(
  rgb: Uint8Array,
  width: number,
  height: number,
  outWidth: number,
  outHeight: number,
  crop: Box = { x: 0, y: 0, width: outWidth, height: outHeight },
): Uint8Array {
  const horizontal = width === outWidth ? undefined : fixedCoefficients(width, outWidth, FRACTION_BITS);
  const vertical = height === outHeight ? undefined : fixedCoefficients(height, outHeight, FRACTION_BITS);
  return resizeRgb(rgb, width, horizontal, vertical, crop);
}
