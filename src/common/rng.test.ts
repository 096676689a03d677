import { expect, test } from 'vitest';
import { mix32, Rng } from './rng.ts';

const draws = (n: number, draw: () => number) => Array.from({ length: n }, draw);

test('the same seed and stream give the same numbers, another stream others', () => {
  const first = new Rng(1, 'a', 2);
  const again = new Rng(1, 'a', 2);
  const other = new Rng(1, 'a', 3);
  const numbers = draws(5, () => first.uint32());
  expect(draws(5, () => again.uint32())).toEqual(numbers);
  expect(draws(5, () => other.uint32())).not.toEqual(numbers);
});

test('uniform numbers fill [0, 1) evenly', () => {
  const rng = new Rng(42);
  const bins = new Array<number>(16).fill(0);
  const n = 160_000;
  for (let i = 0; i < n; i++) bins[Math.floor(rng.uniform() * 16)]!++;
  const expected = n / 16;
  const chi2 = bins.reduce((sum, b) => sum + (b - expected) ** 2 / expected, 0);
  expect(chi2).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
});

test('normal numbers have mean 0 and deviation 1', () => {
  const rng = new Rng(3, 'normal');
  const values = draws(100_000, () => rng.normal());
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.015);
  expect(Math.abs(variance - 1)).toBeLessThan(0.025);
});

test('below(n) stays below n and reaches all', () => {
  const rng = new Rng(9);
  expect(new Set(draws(200, () => rng.below(7)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
});

test('shuffling keeps the items and moves each everywhere alike', () => {
  const places = [0, 0, 0, 0];
  for (let i = 0; i < 8_000; i++) places[new Rng(i).shuffle([0, 1, 2, 3]).indexOf(0)]!++;
  for (const count of places) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});

test('mix32 is a bijection on a sample: no two results are the same', () => {
  expect(
    new Set(
      draws(
        50_000,
        (() => {
          let i = 0;
          return () => mix32(i++);
        })(),
      ),
    ).size,
  ).toBe(50_000);
});

test('filling gives the numbers of as many calls, and goes on from there', () => {
  const calls = new Rng(5, 'fill');
  const fills = new Rng(5, 'fill');
  const expected = Float32Array.from({ length: 1000 }, () => calls.uniform(-0.3, 1.7));
  const filled = new Float32Array(1000);
  fills.fillUniform(filled.subarray(0, 1), -0.3, 1.7);
  fills.fillUniform(filled.subarray(1), -0.3, 1.7);
  expect(filled).toEqual(expected);
  expect(fills.uint32()).toBe(calls.uint32());
});
