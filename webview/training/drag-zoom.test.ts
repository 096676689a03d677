import { expect, it } from 'vitest';
import { clampRange, zoomAt } from './drag-zoom.ts';

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

it('zooms around the step under the pointer', () => {
  const [from, to] = zoomAt([100, 200], 125, -100);
  expect((125 - from) / (to - from)).toBeCloseTo(0.25);
  expect(to - from).toBeLessThan(100);
  const [back, forth] = zoomAt([from, to], 125, 100);
  expect([back, forth]).toEqual([expect.closeTo(100), expect.closeTo(200)]);
});
