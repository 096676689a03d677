import { expect, it } from 'vitest';
import { type Box, merge } from './box.ts';

const box = (...ranges: readonly (readonly [number, number])[]): Box =>
  ranges.map(([start, end]) => ({ start, end }));

it('joins boxes that overlap, tile a larger one or are the same', () => {
  expect(merge([box([0, 1], [0, 4]), box([0, 1], [2, 6])])).toEqual([box([0, 1], [0, 6])]);
  expect(merge([box([0, 1], [4, 8]), box([0, 1], [8, 12])])).toEqual([box([0, 1], [4, 12])]);
  expect(merge([box([3, 5]), box([3, 5])])).toEqual([box([3, 5])]);
  expect(merge([box([0, 2]), box([4, 6]), box([2, 4])])).toEqual([box([0, 6])]);
});

it('keeps boxes apart that together hold less than what surrounds them', () => {
  const query = box([0, 1], [0, 4]);
  const keys = box([0, 9], [4, 8]);
  const values = box([0, 9], [8, 12]);
  expect(merge([query, keys, values])).toEqual([query, box([0, 9], [4, 12])]);
});
