import { existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { explainWriteError, removePartials } from '../common/atomic-file.ts';
import { formatBytes } from '../common/bytes.ts';
import { isSystemError, MdfeError, usageError } from '../common/errors.ts';

/** Makes the folder; refuses to replace files unless asked to, and to begin what the disk has no room for. */
export async function prepareOutput(
  dir: string,
  {
    files,
    bytes,
    force,
  }: { readonly files: readonly string[]; readonly bytes: number; readonly force: boolean },
): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    if (isSystemError(error, 'ENOTDIR') || isSystemError(error, 'EEXIST'))
      throw usageError({
        code: 'package/not-a-folder',
        what: 'a file is in the place of the folder for the package',
        where: dir,
        todo: 'choose another folder with --output DIR',
      });
    throw explainWriteError(error, dir);
  }
  const existing = files.filter((file) => existsSync(file));
  if (existing.length > 0 && !force)
    throw usageError({
      code: 'package/exists',
      what: existing.length === 1 ? 'this file exists already' : 'these files exist already',
      where: dir,
      got: existing.map((file) => relative(dir, file)).join(', '),
      todo: 'add --force to replace them, or choose another folder with --output DIR',
    });
  for (const file of files) if (existsSync(dirname(file))) await removePartials(file);
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize < bytes)
    throw new MdfeError({
      code: 'disk/full',
      what: 'there is not enough room for the package; nothing was written',
      where: dir,
      expected: formatBytes(bytes),
      got: formatBytes(bavail * bsize),
      todo: `free space on the volume of ${dirname(dir)}, or choose another folder with --output DIR`,
    });
}
