import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isSystemError } from './errors.ts';

/** Whether a path leads to a file. Follows links: one that leads nowhere is none. */
export async function isFile(path: string): Promise<boolean> {
  return (await statOrNull(path))?.isFile() ?? false;
}

/** Whether a path leads to a folder. Follows links. */
export async function isFolder(path: string): Promise<boolean> {
  return (await statOrNull(path))?.isDirectory() ?? false;
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => isSystemError(error, code))) return null;
    throw error;
  }
}
