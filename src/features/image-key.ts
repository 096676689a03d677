import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSystemError } from '../common/errors.ts';
import type { BadImage } from '../data/image/bad-images.ts';

export interface ImageKeys {
  /** [images] see imageKeys; '' for a missing one */
  readonly keys: readonly string[];
  readonly missing: readonly BadImage[];
}

/**
 * `size mtime path` of each file: what tells one version of an image from another; '' for one that is not there. Blocks
 * its thread: asked synchronously, a file costs three microseconds on a local disk, a fifth of what it costs otherwise.
 *
 * @param root absolute; paths are relative to it, or absolute
 */
export function imageKeys(root: string, paths: readonly string[]): string[] {
  return paths.map((path) => {
    const found = lookUp(root, path);
    return found ? `${found.size} ${found.mtimeMs} ${escapeLine(path)}` : '';
  });
}

function lookUp(root: string, path: string) {
  const absolute = path.startsWith('/') || path[1] === ':' ? resolve(root, path) : `${root}/${path}`;
  try {
    return statSync(absolute, { throwIfNoEntry: false });
  } catch (error) {
    if (isSystemError(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Keys are stored one a line. */
function escapeLine(path: string): string {
  return /[\\\n]/.test(path) ? path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : path;
}
