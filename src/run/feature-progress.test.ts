import { expect, it } from 'vitest';
import { computedFeatures, describeFeatures } from './feature-progress.ts';

it('tells what is computed from what was stored', () => {
  expect(describeFeatures({ done: 400, total: 400, reused: 400 })).toBe('all 400 from the store');
  expect(describeFeatures({ done: 1390, total: 1400, reused: 1380 })).toBe(
    '10 of 20 computed, 1,380 from the store',
  );
  expect(describeFeatures({ done: 3, total: 400, reused: 0 })).toBe('3 of 400 computed');
  expect(computedFeatures({ done: 1390, total: 1400, reused: 1380 })).toEqual({ done: 10, total: 20 });
});
