import { expect, it } from 'vitest';
import { arrange } from './chart-picture.ts';

it('places a legend in rows', () => {
  expect(arrange([60, 50, 40, 200], 100)).toEqual([
    { x: 0, row: 0 },
    { x: 0, row: 1 },
    { x: 50, row: 1 },
    { x: 0, row: 2 },
  ]);
  expect(arrange([], 100)).toEqual([]);
});
