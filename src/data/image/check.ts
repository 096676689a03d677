import { availableParallelism } from 'node:os';
import { type BadImage, toBadImage } from './bad-images.ts';
import { ImagePool } from './pool.ts';

export interface CheckOptions {
  readonly workers?: number | undefined;
  readonly onProgress?: ((done: number, total: number, bad: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Images under way at a time: enough to keep every worker busy. */
const CHUNK = 64;

/** Decodes every image and returns the missing and damaged ones in order. */
export async function checkImages(
  images: { readonly root: string; readonly length: number; image(index: number): string },
  { workers = availableParallelism(), onProgress, signal }: CheckOptions = {},
): Promise<BadImage[]> {
  const bad: BadImage[] = [];
  const plan = {
    root: images.root,
    transform: { name: 'openai-clip', size: 1 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
    seed: 0,
  } as const; // only decoding is asked for
  const pool = new ImagePool({ plan, batches: [] }, workers);
  try {
    for (let from = 0; from < images.length; from += CHUNK) {
      signal?.throwIfAborted();
      const to = Math.min(images.length, from + CHUNK);
      const indices = Array.from({ length: to - from }, (_, i) => from + i);
      await Promise.all(
        indices.map(async (index) => {
          const image = images.image(index);
          await pool.prepare(image, []).catch((error: unknown) => {
            bad.push(toBadImage(error, index, image));
          });
        }),
      );
      onProgress?.(to, images.length, bad.length);
    }
  } finally {
    await pool.close();
  }
  return bad.sort((a, b) => a.index - b.index);
}
