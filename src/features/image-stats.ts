import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isSystemError } from '../common/errors.ts';
import type { BadImage } from '../data/image/bad-images.ts';
import type { ImageList } from './request.ts';

export interface ImageKeys {
  /** [images] `size mtime path`: what tells one version of an image from another; '' for a missing one. */
  readonly keys: readonly string[];
  readonly missing: readonly BadImage[];
}

const CHUNK = 256;
/** Milliseconds for a chunk beyond which the disk answers slowly enough for asking in parallel to pay. */
const SLOW_MS = 50;

/** Looks every image up on disk: a few microseconds each on a local disk, in parallel on a slow one. */
export async function readImageKeys(
  images: ImageList,
  onProgress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<ImageKeys> {
  const keys = new Array<string>(images.length);
  const missing: BadImage[] = [];
  let slow = false;
  for (let from = 0; from < images.length; from += CHUNK) {
    signal?.throwIfAborted();
    const to = Math.min(images.length, from + CHUNK);
    const paths = Array.from({ length: to - from }, (_, i) => images.image(from + i));
    const started = performance.now();
    const stats = slow
      ? await Promise.all(paths.map((path) => statLater(resolve(images.root, path))))
      : paths.map((path) => statNow(`${images.root}/${path}`, path, images.root));
    slow ||= performance.now() - started > SLOW_MS;
    stats.forEach((found, i) => {
      const index = from + i;
      const image = paths[i]!;
      keys[index] = found ? `${found.size} ${found.mtimeMs} ${escapeLine(image)}` : '';
      if (!found) missing.push({ index, image, code: 'image/missing', reason: 'image not found' });
    });
    onProgress(to);
    if (from % (CHUNK * 32) === 0) await nextTurn();
  }
  return { keys, missing };
}

function statNow(joined: string, path: string, root: string): Stats | undefined {
  const absolute = path.startsWith('/') || path[1] === ':' ? resolve(root, path) : joined;
  try {
    return statSync(absolute, { throwIfNoEntry: false });
  } catch (error) {
    if (isSystemError(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function statLater(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Keys are stored one a line. */
function escapeLine(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
