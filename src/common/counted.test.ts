import { expect, it } from 'vitest';
import { counted } from './counted.ts';

it('puts the noun into the right number', () => {
  expect(counted(1, 'class')).toBe('1 class');
  expect(counted(34_721, 'class')).toBe('34,721 classes');
  expect(counted(0, 'index image')).toBe('0 index images');
  expect(counted(2, 'query')).toBe('2 queries');
  expect(counted(2, 'day')).toBe('2 days');
});
