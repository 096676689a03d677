import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BadImage } from '../data/image/bad-images.ts';
import { type ImageKeys, imageKeys, whyMissing } from './image-key.ts';
import { ImageKeyPool } from './image-key-pool.ts';
import type { ImageList } from './request.ts';

const CHUNK = 1024;
/** A thread spends its time in the system's calls, and on a slow disk waiting for them. */
const LEAST_THREADS = 2;
const MOST_THREADS = 16;

/** Looks every image up on disk, many of them in threads: 328,400 files on a local disk take 1.3 s of CPU time. */
export async function readImageKeys(
  images: ImageList,
  onProgress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<ImageKeys> {
  const keys = new Array<string>(images.length);
  const missing: BadImage[] = [];
  const chunks = Math.ceil(images.length / CHUNK);
  const threads = Math.min(chunks - 1, MOST_THREADS, Math.max(LEAST_THREADS, availableParallelism()));
  const pool = threads > 1 ? new ImageKeyPool(images.root, threads) : undefined;
  let next = 0;
  let done = 0;
  const lookUp = async (): Promise<void> => {
    while (next < chunks) {
      signal?.throwIfAborted();
      const from = CHUNK * next++;
      const length = Math.min(CHUNK, images.length - from);
      const paths = Array.from({ length }, (_, i) => images.image(from + i));
      const found = pool ? await pool.keys(paths) : imageKeys(images.root, paths);
      found.forEach((key, i) => {
        keys[from + i] = key;
        if (key === '')
          missing.push({
            index: from + i,
            image: paths[i]!,
            code: 'image/missing',
            reason: whyMissing(images.root, paths[i]!),
          });
      });
      done += length;
      onProgress(done);
      if (!pool) await nextTurn();
    }
  };
  try {
    // Two chunks a thread: one is looked up while the other's answer is taken in.
    await Promise.all(Array.from({ length: 2 * Math.max(1, threads) }, lookUp));
  } finally {
    next = chunks;
    await pool?.close();
  }
  return { keys, missing: missing.sort((a, b) => a.index - b.index) };
}
