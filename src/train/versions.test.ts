import sharp from 'sharp';
import { expect, test } from 'vitest';
import { versions } from './versions.ts';

test('the versions are those that are installed, not the ranges of the manifest', () => {
  const found = versions();
  expect(found.sharp).toBe(sharp.versions.sharp);
  expect(found.node).toBe(process.versions.node);
  for (const version of Object.values(found)) expect(version).toMatch(/^\d+\.\d+\.\d+/);
});
