import { expect, it } from 'vitest';
import { formatDuration, formatShortDuration } from './duration.ts';

it.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [185, '3 min 05 s'],
  [7620, '2 h 07 min'],
  [100_800, '1 d 4 h'],
  [Number.NaN, ''],
  [-1, ''],
])('formats %s seconds as "%s"', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

it('shows fractions of short durations', () => {
  expect([0.123, 9.87, 12.3].map(formatShortDuration)).toEqual(['0.12 s', '9.9 s', '12 s']);
});
