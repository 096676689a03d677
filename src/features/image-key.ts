import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSystemError, knownError } from '../common/errors.ts';
import type { TextParts, TextPool } from '../common/text-pool.ts';
import type { BadImage } from '../data/image/bad-images.ts';

export interface ImageKeys {
  /** [images] see imageKeys; empty for a missing one. No strings: hundreds of thousands would keep the memory busy. */
  readonly keys: TextPool;
  readonly missing: readonly BadImage[];
}

/**
 * `size mtime path` of each file: what tells one version of an image from another; empty for one that is not there. Blocks
 * its thread: asked synchronously, a file costs three microseconds on a local disk, a fifth of what it costs otherwise.
 *
 * @param root absolute; paths are relative to it, or absolute
 */
export function imageKeys(root: string, paths: readonly string[]): TextParts {
  let text = '';
  const ends = paths.map((path) => {
    const found = lookUp(root, path);
    if (found) text += `${found.size} ${found.mtimeMs} ${escapeLine(path)}`;
    return text.length;
  });
  const bytes = new TextEncoder().encode(text);
  const ascii = bytes.length === text.length;
  const lengths = Int32Array.from(ends, (end, i) => {
    const start = ends[i - 1] ?? 0;
    return ascii ? end - start : Buffer.byteLength(text.slice(start, end));
  });
  return { bytes, lengths };
}

/** Why such a file has no key, in words. */
export function whyMissing(root: string, path: string): string {
  try {
    statSync(absolute(root, path));
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'ENOTDIR'))
      return knownError(error)?.details.what ?? String(error);
  }
  // Node shows U+FFFD for bytes of a name that are no text.
  return path.includes('\uFFFD') ? 'image not found: its name is not UTF-8, rename it' : 'image not found';
}

/** Out of reach: as good as not there. */
const UNREACHABLE: ReadonlySet<unknown> = new Set(['ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG']);

function lookUp(root: string, path: string) {
  try {
    return statSync(absolute(root, path), { throwIfNoEntry: false });
  } catch (error) {
    if (UNREACHABLE.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}

function absolute(root: string, path: string): string {
  return path.startsWith('/') || path[1] === ':' ? resolve(root, path) : `${root}/${path}`;
}

/** Keys are stored one a line. */
function escapeLine(path: string): string {
  return /[\\\n]/.test(path) ? path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : path;
}
