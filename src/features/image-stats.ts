import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type TextParts, TextPool } from '../common/text-pool.ts';
import type { BadImage } from '../data/image/bad-images.ts';
import type { ImageList } from '../data/image-list.ts';
import { type ImageKeys, imageKeys, whyMissing } from './image-key.ts';
import { ImageKeyPool } from './image-key-pool.ts';

const CHUNK = 1024;
/** A thread spends its time in the system's calls, and on a slow disk waiting for them. */
const LEAST_THREADS = 2;
const MOST_THREADS = 16;
/** Chunks that wait for a thread: it goes on with them while the caller's thread is busy with something else. */
const CHUNKS_AHEAD = 16;

/** Looks every image up on disk, many of them in threads: 328,400 files on a local disk take 1.1 s of CPU time. */
export async function readImageKeys(
  images: ImageList,
  onProgress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<ImageKeys> {
  const chunks = Math.ceil(images.length / CHUNK);
  const keys = new Array<TextParts>(chunks);
  const threads = Math.min(chunks - 1, MOST_THREADS, Math.max(LEAST_THREADS, availableParallelism()));
  const pool = threads > 1 ? new ImageKeyPool(images.root, threads) : undefined;
  let next = 0;
  let done = 0;
  const lookUp = async (): Promise<void> => {
    while (next < chunks) {
      signal?.throwIfAborted();
      const chunk = next++;
      const from = CHUNK * chunk;
      const length = Math.min(CHUNK, images.length - from);
      const paths =
        images.paths?.(from, from + length) ?? Array.from({ length }, (_, i) => images.image(from + i));
      keys[chunk] = pool ? await pool.keys(paths) : imageKeys(images.root, paths);
      done += length;
      onProgress(done);
      if (!pool) await nextTurn();
    }
  };
  try {
    await Promise.all(Array.from({ length: pool ? CHUNKS_AHEAD * threads : 1 }, lookUp));
  } finally {
    next = chunks;
    await pool?.close();
  }
  const found = TextPool.join(keys);
  const allThere = keys.every(({ lengths }) => !lengths.includes(0));
  return { keys: found, missing: allThere ? [] : missingOf(images, found) };
}

function missingOf(images: ImageList, keys: TextPool): BadImage[] {
  const missing: BadImage[] = [];
  for (let index = 0; index < keys.length; index++) {
    if (keys.byteLength(index) > 0) continue;
    const image = images.image(index);
    missing.push({ index, image, code: 'image/missing', reason: whyMissing(images.root, image) });
  }
  return missing;
}
