import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../test/fixtures/temporary-folder.ts';
import { packageFile } from '../common/dist.ts';
import { localDirOf } from './local-dir.ts';

test('a relative folder is looked for in the working directory, then in the package', () => {
  const elsewhere = temporaryFolder();
  const folder = vi.spyOn(process, 'cwd').mockReturnValue(elsewhere);
  expect(localDirOf('local-dir:media/vit-drawn-64')).toBe(packageFile('media/vit-drawn-64'));
  expect(localDirOf('local-dir:nowhere/to-be-found')).toBe('nowhere/to-be-found');
  folder.mockReturnValue(packageFile('.'));
  expect(localDirOf('local-dir:media/vit-drawn-64')).toBe('media/vit-drawn-64');
  folder.mockRestore();
  expect(localDirOf(`local-dir:${elsewhere}`)).toBe(elsewhere);
  expect(localDirOf('vit_base_patch16_siglip_224')).toBeUndefined();
});
