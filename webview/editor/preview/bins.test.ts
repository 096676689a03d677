import { expect, it } from 'vitest';
import { binAt, binsOf, stairs } from './bins.ts';

const points = [
  { x: 5, y: 11 },
  { x: 7, y: 40 },
  { x: 9, y: 0 },
];
const bins = binsOf(points);

it('every bin is drawn, the last one too, around its numbers', () => {
  expect(bins).toEqual([
    { from: 5, to: 6, count: 11 },
    { from: 7, to: 8, count: 40 },
  ]);
  expect(stairs(bins)).toEqual([
    { x: 4.51, y: 11 },
    { x: 5.5, y: 11 },
    { x: 7.5, y: 40 },
    { x: 8.49, y: 40 },
  ]);
  expect(stairs([])).toEqual([]);
});

it('a point of the stairs knows its bin', () => {
  expect([0, 1, 2, 3].map((i) => binAt(bins, i)?.from)).toEqual([5, 5, 7, 7]);
});
