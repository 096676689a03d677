import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../common/errors.ts';

/**
 * Removes the files of a folder that were last changed before a time. Another window may be doing the same.
 *
 * @param limit milliseconds since 1970
 */
export async function removeOlder(folder: string, limit: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    try {
      if ((await stat(path)).mtimeMs < limit) await rm(path, { force: true });
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error; // removed meanwhile
    }
  }
}
