import { describe, expect, it } from 'vitest';
import { smooth } from './smoothing.ts';

describe('smooth', () => {
  it('changes nothing at weight 0', () => {
    expect([...smooth([3, 1, 2], 0)]).toEqual([3, 1, 2]);
  });
  it('starts at the first value, not near zero', () => {
    expect(smooth([5, 5, 5], 0.99)[0]).toBeCloseTo(5, 10);
    expect(smooth([5, 5, 5], 0.99)[2]).toBeCloseTo(5, 10);
  });
  it('is the weighted mean that its definition says', () => {
    const [a, b, c] = [1, 4, 2];
    const w = 0.6;
    const expected = (w * w * a + w * b + c) / (w * w + w + 1);
    expect(smooth([a, b, c], w)[2]).toBeCloseTo(expected, 12);
  });
  it('passes over values that are no numbers', () => {
    const out = smooth([1, Number.NaN, 1], 0.5);
    expect(out[1]).toBeNaN();
    expect(out[2]).toBeCloseTo(1, 12);
  });
});
