import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageFile } from '../common/dist.ts';
import { localDirOf } from './local-dir.ts';

test('a relative folder is looked for in the working directory, then in the package', () => {
  const before = process.cwd();
  const elsewhere = mkdtempSync(join(tmpdir(), 'mdfe-local-dir-'));
  try {
    process.chdir(elsewhere);
    expect(localDirOf('local-dir:media/vit-drawn-64')).toBe(packageFile('media/vit-drawn-64'));
    expect(localDirOf('local-dir:nowhere/to-be-found')).toBe('nowhere/to-be-found');
    process.chdir(packageFile('.'));
    expect(localDirOf('local-dir:media/vit-drawn-64')).toBe('media/vit-drawn-64');
  } finally {
    process.chdir(before);
  }
  expect(localDirOf(`local-dir:${elsewhere}`)).toBe(elsewhere);
  expect(localDirOf('vit_base_patch16_siglip_224')).toBeUndefined();
});
