import { describe, expect, it } from 'vitest';
import { Rng } from '../common/rng.ts';
import { fixedCoefficients } from '../data/image/resize-coefficients.ts';
import { type AxisWeights, type Crop, resizeRgb } from './resize.ts';

const BITS = 22;

/** One axis of the resize, pixel by pixel: sum of pixel * weight + 1/2, shifted, clamped. */
function alongAxis(pixelAt: (i: number) => number, axis: AxisWeights, output: number): number {
  let sum = 2 ** (BITS - 1);
  for (let t = 0; t < axis.count[output]!; t++)
    sum += pixelAt(axis.first[output]! + t) * axis.weights[output * axis.taps + t]!;
  return Math.min(255, Math.max(0, Math.floor(sum / 2 ** BITS)));
}

function plain(
  rgb: Uint8Array,
  width: number,
  height: number,
  across: AxisWeights | undefined,
  down: AxisWeights | undefined,
  crop: Crop,
): Uint8Array {
  const out = new Uint8Array(crop.width * crop.height * 3);
  const middle = new Uint8Array(height * crop.width * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < crop.width; x++)
      for (let c = 0; c < 3; c++) {
        const pixel = (i: number) => rgb[(y * width + i) * 3 + c]!;
        middle[(y * crop.width + x) * 3 + c] = across
          ? alongAxis(pixel, across, crop.x + x)
          : pixel(crop.x + x);
      }
  for (let y = 0; y < crop.height; y++)
    for (let x = 0; x < crop.width * 3; x++) {
      const pixel = (i: number) => middle[i * crop.width * 3 + x]!;
      out[y * crop.width * 3 + x] = down ? alongAxis(pixel, down, crop.y + y) : pixel(crop.y + y);
    }
  return out;
}

function check(width: number, height: number, outWidth: number, outHeight: number, crop: Crop, seed = 1) {
  const rng = new Rng(seed, 'pixels');
  // Mostly extremes, so that the overshoot of the bicubic kernel is clamped often.
  const pixel = () => (rng.uniform() < 0.7 ? (rng.uniform() < 0.5 ? 0 : 255) : rng.below(256));
  const rgb = Uint8Array.from({ length: width * height * 3 }, pixel);
  const across = width === outWidth ? undefined : fixedCoefficients(width, outWidth, BITS);
  const down = height === outHeight ? undefined : fixedCoefficients(height, outHeight, BITS);
  expect(resizeRgb(rgb, width, across, down, crop)).toEqual(plain(rgb, width, height, across, down, crop));
}

describe('the resize kernel equals the plain integer sums', () => {
  it.each([
    [97, 61, 32, 20],
    [31, 200, 64, 64],
    [301, 200, 7, 5],
    [1, 1, 9, 4],
    [5, 3, 5, 40],
    [64, 64, 64, 64],
    [50, 40, 13, 40],
    [640, 480, 224, 168],
    [2000, 12, 3, 12],
  ])('%dx%d to %dx%d', (width, height, outWidth, outHeight) => {
    check(width, height, outWidth, outHeight, { x: 0, y: 0, width: outWidth, height: outHeight });
  });

  it('computes any part of the result', () => {
    check(200, 150, 90, 77, { x: 11, y: 13, width: 40, height: 50 });
    check(200, 150, 90, 77, { x: 89, y: 76, width: 1, height: 1 });
    check(90, 150, 90, 77, { x: 3, y: 5, width: 60, height: 70 });
    check(200, 77, 90, 77, { x: 3, y: 5, width: 60, height: 70 });
  });

  it('takes images of any size, one after another', () => {
    const rng = new Rng(7, 'sizes');
    for (let i = 0; i < 40; i++) {
      const [w, h, ow, oh] = [1 + rng.below(150), 1 + rng.below(150), 1 + rng.below(90), 1 + rng.below(90)];
      check(w, h, ow, oh, { x: 0, y: 0, width: ow, height: oh }, i);
    }
  });
});
