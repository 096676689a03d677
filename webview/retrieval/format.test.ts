import { describe, expect, it } from 'vitest';
import { baseName, folderOf, formatDistance, formatScore } from './format.ts';

describe('format', () => {
  it('parts paths of every system', () => {
    expect([baseName('a/b c/d.jpg'), folderOf('a/b c/d.jpg')]).toEqual(['d.jpg', 'a/b c']);
    expect([baseName('C:\\a\\d.jpg'), folderOf('C:\\a\\d.jpg')]).toEqual(['d.jpg', 'C:\\a']);
    expect([baseName('d.jpg'), folderOf('d.jpg')]).toEqual(['d.jpg', '']);
  });

  it('keeps distances near 0 apart', () => {
    expect([0, 1.23456, 0.00012345, 123456].map(formatDistance)).toEqual([
      '0.000',
      '1.235',
      '1.23e-4',
      '1.23e+5',
    ]);
    expect(formatScore(undefined)).toBe('–');
  });
});
