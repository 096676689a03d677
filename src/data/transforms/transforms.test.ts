import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../common/rng.ts';
import { cropImage } from '../image/geometry.ts';
import { resizeBicubic } from '../image/resize.ts';
import { adjustBrightness, adjustContrast, adjustSaturation } from './colour-jitter.ts';
import { flipHorizontally } from './flip.ts';
import { createTransform, TRANSFORM_NAMES } from './index.ts';
import { Normaliser } from './normalise.ts';
import { randomCrop } from './random-resized-crop.ts';

interface Pillow {
  width: number;
  height: number;
  rgb: string;
  enhance: { name: 'brightness' | 'contrast' | 'saturation'; factor: number; rgb: string }[];
  crops: { x: number; y: number; width: number; height: number; rgb: string; mirrored: string }[];
}
const pillow: Pillow = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/transforms/pillow.json', import.meta.url), 'utf8'),
);
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const image = { data: bytes(pillow.rgb), width: pillow.width, height: pillow.height };

describe('equal to Pillow', () => {
  const adjust = { brightness: adjustBrightness, contrast: adjustContrast, saturation: adjustSaturation };

  it.each(pillow.enhance)('$name $factor', ({ name, factor, rgb }) => {
    const pixels = image.data.slice();
    adjust[name](pixels, factor);
    expect(pixels).toEqual(bytes(rgb));
  });

  it.each(pillow.crops)('crop at $x,$y of $width x $height', ({ rgb, mirrored, ...box }) => {
    const part = cropImage(image, box);
    const pixels = resizeBicubic(part.data, part.width, part.height, 8, 8);
    expect(pixels).toEqual(bytes(rgb));
    flipHorizontally(pixels, 8);
    expect(pixels).toEqual(bytes(mirrored));
  });
});

describe('random crop', () => {
  const draw = (width: number, height: number, area: [number, number], ratio: [number, number]) =>
    Array.from({ length: 4000 }, (_, i) => randomCrop({ width, height }, { area, ratio }, new Rng(1, i)));

  it('has the area, ratio and place asked for', () => {
    const boxes = draw(400, 300, [0.08, 1], [3 / 4, 4 / 3]);
    const areas = boxes.map((b) => (b.width * b.height) / 120_000);
    const ratios = boxes.map((b) => b.width / b.height);
    expect(Math.min(...areas)).toBeGreaterThan(0.078);
    expect(Math.min(...ratios)).toBeGreaterThan(0.73);
    expect(Math.max(...ratios)).toBeLessThan(1.36);
    for (const { x, y, width, height } of boxes) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(400);
      expect(y + height).toBeLessThanOrEqual(300);
    }
    // Small areas always fit: among them area and log ratio are uniform, and so are the offsets.
    const small = boxes.filter((_, i) => areas[i]! < 0.4);
    expect(mean(small.map((b) => (b.width * b.height) / 120_000))).toBeCloseTo(0.24, 2);
    expect(mean(small.map((b) => Math.log(b.width / b.height)))).toBeCloseTo(0, 1);
    expect(mean(small.map((b) => b.x / (400 - b.width)))).toBeCloseTo(0.5, 1);
    expect(mean(small.map((b) => b.y / (300 - b.height)))).toBeCloseTo(0.5, 1);
  });

  it('falls back to the largest central rectangle of an allowed ratio', () => {
    const [wide] = draw(1000, 10, [0.9, 1], [1, 1]);
    expect(wide).toEqual({ x: 495, y: 0, width: 10, height: 10 });
    const [tall] = draw(10, 1000, [0.9, 1], [3 / 4, 4 / 3]);
    expect(tall).toEqual({ x: 0, y: 493, width: 10, height: 13 });
  });
});

describe.each(TRANSFORM_NAMES)('%s', (name) => {
  const transform = createTransform(name, 8);
  // A square with 90 % of the area must fit, else openclip's and eva-clip's crop is always the central one.
  const square = cropImage(image, { x: 2, y: 0, width: 17, height: 17 });

  it('repeats exactly for a seed, and differs between views when random', () => {
    const a = transform.apply(square, new Rng(1, 'x', 0));
    expect(a).toHaveLength(8 * 8 * 3);
    expect(transform.apply(square, new Rng(1, 'x', 0))).toEqual(a);
    const others = [1, 2, 3].map((view) => transform.apply(square, new Rng(1, 'x', view)));
    expect(others.some((other) => !Buffer.from(other).equals(Buffer.from(a)))).toBe(transform.random);
  });

  it('leaves the image alone', () => {
    const before = image.data.slice();
    transform.apply(image, new Rng(2));
    expect(image.data).toEqual(before);
  });
});

it('normalises as torch does, channel by channel', () => {
  const out = new Float32Array(6);
  new Normaliser([0.5, 0.4, 0.3], [0.2, 0.3, 0.4]).pack(Uint8Array.of(0, 128, 255, 255, 1, 2), out);
  const want = [-2.5, 2.5, (128 / 255 - 0.4) / 0.3, (1 / 255 - 0.4) / 0.3, 1.75, (2 / 255 - 0.3) / 0.4];
  want.forEach((value, i) => {
    expect(out[i]).toBeCloseTo(value, 6);
  });
});

function mean(values: number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
