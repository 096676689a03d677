import { expect, it } from 'vitest';
import { clampRange } from './drag-zoom.ts';

it.each([
  [
    [10, 20],
    [10, 20],
  ],
  [
    [-5, 5],
    [1, 11],
  ],
  [
    [95, 105],
    [90, 100],
  ],
  [
    [50, 50.5],
    [50, 52],
  ],
  [[-10, 200], null],
] as const)('keeps the window %j inside 1..100', (window, expected) => {
  expect(clampRange(window, [1, 100])).toEqual(expected);
});
