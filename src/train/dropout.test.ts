import { expect, test } from 'vitest';
import { applyDropout } from './dropout.ts';

const dropped = (rate: number, seed: number, step: number, n = 20_000) => {
  const values = new Float32Array(n).fill(1);
  applyDropout(values, rate, seed, step);
  return values;
};

test('zeroes that share of the values and scales the others, so that the mean stays', () => {
  const values = dropped(0.2, 42, 0);
  const zeros = values.filter((v) => v === 0).length;
  // Binomial: 4,000 with a standard deviation of 57.
  expect(Math.abs(zeros - 4_000)).toBeLessThan(5 * 57);
  for (const value of new Set(values)) expect([0, Math.fround(1.25)]).toContain(value);
});

test('the mask depends on seed and step alone', () => {
  expect(dropped(0.2, 42, 7)).toEqual(dropped(0.2, 42, 7));
  expect(dropped(0.2, 42, 8)).not.toEqual(dropped(0.2, 42, 7));
  expect(dropped(0.2, 43, 7)).not.toEqual(dropped(0.2, 42, 7));
});

test('masks of neighbouring steps are independent', () => {
  const [a, b] = [dropped(0.5, 42, 10), dropped(0.5, 42, 11)];
  const both = a.filter((v, i) => v === 0 && b[i] === 0).length;
  // Binomial with p = 1/4: 5,000 with a standard deviation of 61.
  expect(Math.abs(both - 5_000)).toBeLessThan(5 * 61);
});

test('rate 0 changes nothing, rate 1 leaves nothing', () => {
  expect(dropped(0, 1, 1, 4)).toEqual(new Float32Array(4).fill(1));
  expect(dropped(1, 1, 1, 4)).toEqual(new Float32Array(4));
});
