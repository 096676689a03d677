import { expect, it } from 'vitest';
import { formatDuration } from './duration.ts';

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
