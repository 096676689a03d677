import type { RgbImage } from './resize.ts';
import { bicubicCoefficients, type Coefficients } from './resize-coefficients.ts';

/**
 * The packaged model's own resize: bicubic, antialiased, to a square without keeping the aspect ratio, in floating
 * point and not clipped (torch's `interpolate(mode='bicubic', antialias=True)`).
 *
 * @returns [3, size, size] on the scale 0..255
 */
export function resizeForInference(image: RgbImage, size: number): Float32Array {
  return Float32Array.from(resizeExactly(image, size));
}

/**
 * The same for a model that takes whole numbers: rounded half to even and limited to 0..255. In double precision up to
 * there, as in the packaged models: with less, a value close to a half would be rounded differently here and there.
 */
export function resizeForInferenceUint8(image: RgbImage, size: number): Uint8Array {
  return Uint8Array.from(new Uint8ClampedArray(resizeExactly(image, size)));
}

function resizeExactly(image: RgbImage, size: number): Float64Array {
  const { data, width, height } = image;
  const horizontal = bicubicCoefficients(width, size);
  const band = new Float64Array(3 * height * size); // [3, height, size]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < size; x++) {
      const n = horizontal.count[x]!;
      let p = (y * width + horizontal.first[x]!) * 3;
      let r = 0;
      let g = 0;
      let b = 0;
      for (let i = 0; i < n; i++, p += 3) {
        const w = horizontal.weights[x * horizontal.taps + i]!;
        r += data[p]! * w;
        g += data[p + 1]! * w;
        b += data[p + 2]! * w;
      }
      band[y * size + x] = r;
      band[(height + y) * size + x] = g;
      band[(2 * height + y) * size + x] = b;
    }
  const vertical = bicubicCoefficients(height, size);
  const out = new Float64Array(3 * size * size);
  for (let c = 0; c < 3; c++)
    resizeColumns(
      band.subarray(c * height * size, (c + 1) * height * size),
      vertical,
      size,
      out,
      c * size * size,
    );
  return out;
}

function resizeColumns(
  plane: Float64Array,
  { first, count, weights, taps }: Coefficients<Float64Array>,
  width: number,
  out: Float64Array,
  offset: number,
): void {
  const sums = new Float64Array(width);
  for (let y = 0; y < first.length; y++) {
    sums.fill(0);
    for (let i = 0; i < count[y]!; i++) {
      const w = weights[y * taps + i]!;
      const row = (first[y]! + i) * width;
      for (let x = 0; x < width; x++) sums[x]! += plane[row + x]! * w;
    }
    out.set(sums, offset + y * width);
  }
}
