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

const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);

/**
 * Pillow's antialiased bicubic resize (a = -0.5, 22-bit fixed point, horizontal pass first with an 8-bit result), equal
 * to `Image.resize(size, BICUBIC)` in every bit: libImaging/Resample.c.
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
  const vertical = fixedCoefficients(height, outHeight, FRACTION_BITS);
  const last = crop.y + crop.height - 1;
  const firstRow = vertical.first[crop.y]!;
  const rows = vertical.first[last]! + vertical.count[last]! - firstRow;
  const band = resizeRows(rgb, width, firstRow, rows, outWidth, crop);
  return height === outHeight ? band : resizeColumns(band, firstRow, vertical, crop);
}

/** Horizontal pass over the rows that the vertical pass will read: [rows, crop.width, 3]. */
function resizeRows(
  rgb: Uint8Array,
  width: number,
  firstRow: number,
  rows: number,
  outWidth: number,
  crop: Box,
): Uint8Array {
  const out = new Uint8ClampedArray(rows * crop.width * 3);
  if (width === outWidth) {
    for (let y = 0; y < rows; y++) {
      const start = ((firstRow + y) * width + crop.x) * 3;
      out.set(rgb.subarray(start, start + crop.width * 3), y * crop.width * 3);
    }
    return new Uint8Array(out.buffer);
  }
  const { first, count, weights, taps } = fixedCoefficients(width, outWidth, FRACTION_BITS);
  let o = 0;
  for (let y = firstRow; y < firstRow + rows; y++) {
    for (let x = crop.x; x < crop.x + crop.width; x++) {
      let p = (y * width + first[x]!) * 3;
      let k = x * taps;
      const end = k + count[x]!;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      for (; k < end; k++, p += 3) {
        const w = weights[k]!;
        r = (r + Math.imul(rgb[p]!, w)) | 0;
        g = (g + Math.imul(rgb[p + 1]!, w)) | 0;
        b = (b + Math.imul(rgb[p + 2]!, w)) | 0;
      }
      out[o++] = r >> FRACTION_BITS;
      out[o++] = g >> FRACTION_BITS;
      out[o++] = b >> FRACTION_BITS;
    }
  }
  return new Uint8Array(out.buffer);
}

/** Vertical pass: whole rows are summed at a time, so that memory is read in order. */
function resizeColumns(
  band: Uint8Array,
  firstRow: number,
  { first, count, weights, taps }: ReturnType<typeof fixedCoefficients>,
  crop: Box,
): Uint8Array {
  const rowLength = crop.width * 3;
  const out = new Uint8ClampedArray(crop.height * rowLength);
  const sums = new Int32Array(rowLength);
  for (let row = 0; row < crop.height; row++) {
    const y = crop.y + row;
    sums.fill(HALF);
    for (let i = 0; i < count[y]!; i++) {
      const w = weights[y * taps + i]!;
      let p = (first[y]! - firstRow + i) * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x] = (sums[x]! + Math.imul(band[p++]!, w)) | 0;
    }
    const o = row * rowLength;
    for (let x = 0; x < rowLength; x++) out[o + x] = sums[x]! >> FRACTION_BITS;
  }
  return new Uint8Array(out.buffer);
}
