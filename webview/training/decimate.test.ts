import { describe, expect, it } from 'vitest';
import { decimate } from './decimate.ts';

const wave = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 500) + (i === 54_321 ? 50 : 0));

describe('decimate', () => {
  it('keeps short curves as they are', () => {
    expect(decimate([3, 1, 2], 1, 3, 100)).toEqual([
      { x: 1, y: 3 },
      { x: 2, y: 1 },
      { x: 3, y: 2 },
    ]);
  });
  it('bounds the number of points and keeps spikes, ends and order', () => {
    const points = decimate(wave, 1, wave.length, 400);
    expect(points.length).toBeLessThanOrEqual(802);
    expect(points).toContainEqual({ x: 54_322, y: wave[54_321] });
    expect(points[0]?.x).toBe(1);
    expect(points.at(-1)?.x).toBe(wave.length);
    expect(points.every((p, i) => i === 0 || p.x > points[i - 1]!.x)).toBe(true);
  });
  it('shows full detail of a small window', () => {
    const points = decimate(wave, 1000, 1050, 400);
    expect(points.map((p) => p.x)).toEqual(Array.from({ length: 53 }, (_, i) => 999 + i));
  });
  it('leaves out what is no number, and takes empty curves', () => {
    const points = decimate(new Float64Array(1000).fill(Number.NaN), 1, 1000, 10);
    expect(points.length).toBeLessThanOrEqual(2);
    expect(decimate([], 1, 1, 10)).toEqual([]);
  });
});
